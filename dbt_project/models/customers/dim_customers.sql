with customer_accounts as (

    select * from {{ ref('int_customer_accounts') }}

),

registrations as (

    select * from {{ ref('stg_customers') }}

),

account_identifiers as (

    select * from {{ ref('int_account_identifiers') }}

),

orders as (

    select * from {{ ref('fct_orders') }}

),

account_details as (

    select
        customer_accounts.customer_id,
        customer_accounts.account_key,
        customer_accounts.source_name,
        registrations.registered_date,
        registrations.gender,
        registrations.birth_date,
        registrations.country,
        registrations.province,
        registrations.channel,
        row_number() over (
            partition by customer_accounts.customer_id
            order by
                coalesce(registrations.updated_at, registrations.registered_at)
                nulls first,
                customer_accounts.account_key
        ) as newness

    from customer_accounts
    left join registrations
        on customer_accounts.account_key = registrations.account_key

),

-- the golden record: per field the newest value that is not empty
details as (

    select
        customer_id,
        min(registered_date) as registered_date,
        {{ joined_values('source_name') }} as source_names,
        count(*) as account_count,
        max_by(gender, newness) filter (where gender is not null) as gender,
        max_by(birth_date, newness) filter (where birth_date is not null) as birth_date,
        max_by(country, newness) filter (where country is not null) as country,
        max_by(province, newness) filter (where province is not null) as province,
        min_by(channel, newness) filter (where channel is not null) as channel

    from account_details
    group by customer_id

),

contacts as (

    select
        customer_accounts.customer_id,
        bool_or(account_identifiers.identifier_type = 'email') as has_email,
        bool_or(account_identifiers.identifier_type = 'phone') as has_phone

    from account_identifiers
    inner join customer_accounts
        on account_identifiers.account_key = customer_accounts.account_key
    group by customer_accounts.customer_id

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
        aged_details.source_names,
        aged_details.account_count,
        aged_details.gender,
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
        aged_details.country,
        aged_details.province,
        aged_details.channel,
        coalesce(contacts.has_email, false) as has_email,
        coalesce(contacts.has_phone, false) as has_phone,
        purchases.first_order_date,
        purchases.last_order_date,
        coalesce(purchases.order_count, 0) as order_count,
        cast(coalesce(purchases.net_sales, 0) as decimal(18, 2)) as net_sales,
        {{ as_of() }} as as_of_date

    from aged_details
    left join contacts on aged_details.customer_id = contacts.customer_id
    left join purchases on aged_details.customer_id = purchases.customer_id

)

select * from customers
