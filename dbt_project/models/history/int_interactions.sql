with customer_days as (

    select * from {{ ref('fct_customer_days') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

tickets as (

    select * from {{ ref('fct_tickets') }}

),

feedback as (

    select * from {{ ref('fct_feedback') }}

),

messages as (

    select * from {{ ref('fct_campaign_messages') }}

),

-- a shop whose log knows no log-in is told of visits, and one without a log of orders
log_of_the_shop as (

    select
        case
            when max(login_count) > 0 then 'logins'
            when max(event_count) > 0 then 'visits'
            else 'orders'
        end as counted

    from customer_days

),

-- what the log does not see; a mail that a machine has opened is none
answers as (

    select
        customer_id,
        opened_date as interaction_date
    from tickets

    union all

    select
        customer_id,
        submitted_date as interaction_date
    from feedback

    union all

    select
        customer_id,
        {{ business_date('opened_by_person_at') }} as interaction_date
    from messages
    where opened_by_person_at is not null

    union all

    select
        customer_id,
        {{ business_date('clicked_at') }} as interaction_date
    from messages
    where clicked_at is not null

),

contacts as (

    select
        customer_days.customer_id,
        customer_days.activity_date as interaction_date,
        case log_of_the_shop.counted
            when 'logins' then customer_days.login_count
            when 'visits'
                then greatest(
                        customer_days.session_count, least(customer_days.event_count, 1)
                    )
            else least(customer_days.order_count, 1)
        end as login_count,
        customer_days.purchase_count

    from customer_days
    cross join log_of_the_shop

    union all

    -- to register is to log in for the first time
    select
        customer_id,
        customer_since as interaction_date,
        1 as login_count,
        0 as purchase_count

    from customers

    union all

    select
        answers.customer_id,
        answers.interaction_date,
        0 as login_count,
        0 as purchase_count

    from answers
    inner join customers on answers.customer_id = customers.customer_id
    where answers.interaction_date > customers.customer_since

),

interactions as (

    select
        customer_id,
        interaction_date,
        cast(sum(login_count) as bigint) as login_count,
        cast(sum(purchase_count) as bigint) as purchase_count

    from contacts
    group by customer_id, interaction_date

)

select * from interactions
