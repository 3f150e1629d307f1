with customer_accounts as (

    select * from {{ ref('int_customer_accounts') }}

),

registrations as (

    select * from {{ ref('stg_customers') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

orders as (

    select * from {{ ref('fct_orders') }}

),

customer_days as (

    select * from {{ ref('fct_customer_days') }}

),

account_details as (

    select
        customer_accounts.customer_id,
        customer_accounts.account_key,
        customer_accounts.source_name,
        customer_accounts.linked_by,
        registrations.registered_date,
        registrations.gender,
        registrations.birth_date,
        registrations.occupation,
        registrations.country,
        registrations.province,
        registrations.channel,
        coalesce(registrations.updated_at, registrations.registered_at) as changed_at,
        accounts.email_normalized is not null as has_email,
        accounts.phone_normalized is not null as has_phone

    from customer_accounts
    left join accounts on customer_accounts.account_key = accounts.account_key
    left join registrations
        on customer_accounts.account_key = registrations.account_key

),

-- most customers have one account, of which nothing has to be chosen
details_of_one_account as (

    select
        customer_id,
        registered_date,
        source_name as source_names,
        1 as account_count,
        gender,
        birth_date,
        occupation,
        country,
        province,
        channel,
        has_email,
        has_phone

    from account_details
    where linked_by = 'nothing'

),

linked_details as (

    select
        *,
        row_number() over (
            partition by customer_id
            order by changed_at nulls first, account_key
        ) as newness

    from account_details
    where linked_by <> 'nothing'

),

-- the golden record: per field the newest value that is not empty
details_of_several_accounts as (

    select
        customer_id,
        min(registered_date) as registered_date,
        {{ joined_values('source_name') }} as source_names,
        count(*) as account_count,
        max_by(gender, newness) filter (where gender is not null) as gender,
        max_by(birth_date, newness) filter (where birth_date is not null) as birth_date,
        max_by(occupation, newness) filter (where occupation is not null) as occupation,
        max_by(country, newness) filter (where country is not null) as country,
        max_by(province, newness) filter (where province is not null) as province,
        min_by(channel, newness) filter (where channel is not null) as channel,
        bool_or(has_email) as has_email,
        bool_or(has_phone) as has_phone

    from linked_details
    group by customer_id

),

details as (

    select * from details_of_one_account
    union all
    select * from details_of_several_accounts

),

purchases as (

    select
        customer_id,
        min(case when is_purchase then order_date end) as first_order_date,
        max(case when is_purchase then order_date end) as last_order_date,
        count(*) filter (where is_purchase) as order_count,
        sum(net_amount) as net_sales

    from orders
    where customer_id is not null
    group by customer_id

),

-- orders of any status and credit notes are days as well
first_days as (

    select
        customer_id,
        min(activity_date) as first_activity_date

    from customer_days
    group by customer_id

),

aged_details as (

    select
        *,
        {{ years_between('birth_date', as_of()) }} as age_years

    from details

),

customers as (

    select
        aged_details.customer_id,
        aged_details.registered_date,
        coalesce(
            least(aged_details.registered_date, first_days.first_activity_date),
            {{ as_of() }}
        ) as customer_since,
        aged_details.source_names,
        aged_details.account_count,
        coalesce(aged_details.gender, 'unknown') as gender,
        case
            when aged_details.age_years is null then 'unknown'
            when aged_details.age_years < 0 then 'unknown'
            when aged_details.age_years > 120 then 'unknown'
            when aged_details.age_years < 18 then 'under_18'
            when aged_details.age_years < 25 then '18_24'
            when aged_details.age_years < 35 then '25_34'
            when aged_details.age_years < 45 then '35_44'
            when aged_details.age_years < 55 then '45_54'
            else '55_plus'
        end as age_band,
        coalesce(aged_details.occupation, 'unknown') as occupation,
        coalesce(aged_details.country, 'unknown') as country,
        coalesce(aged_details.province, 'unknown') as province,
        coalesce(aged_details.channel, 'unknown') as channel,
        aged_details.has_email,
        aged_details.has_phone,
        purchases.first_order_date,
        purchases.last_order_date,
        coalesce(purchases.order_count, 0) as order_count,
        cast(coalesce(purchases.net_sales, 0) as decimal(18, 2)) as net_sales,
        {{ as_of() }} as as_of_date

    from aged_details
    left join purchases on aged_details.customer_id = purchases.customer_id
    left join first_days on aged_details.customer_id = first_days.customer_id

)

select * from customers
