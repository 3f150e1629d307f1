with customer_days as (

    select * from {{ ref('fct_customer_days') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

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

contacts as (

    select
        customer_days.customer_id,
        customer_days.activity_date,
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
        customer_since as activity_date,
        1 as login_count,
        0 as purchase_count

    from customers

),

interactions as (

    select
        customer_id,
        activity_date,
        cast(sum(login_count) as bigint) as login_count,
        cast(sum(purchase_count) as bigint) as purchase_count

    from contacts
    group by customer_id, activity_date

)

select * from interactions
