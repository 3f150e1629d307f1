with customer_accounts as (

    select * from {{ ref('int_customer_accounts') }}

),

profiles as (

    select * from {{ ref('int_account_profiles') }}

),

orders as (

    select * from {{ ref('fct_orders') }}

),

customer_days as (

    select * from {{ ref('fct_customer_days') }}

),

customer_sizes as (

    select
        customer_id,
        count(*) as account_count

    from customer_accounts
    group by customer_id

),

account_details as (

    select
        customer_accounts.customer_id,
        customer_sizes.account_count,
        profiles.*

    from customer_accounts
    inner join customer_sizes
        on customer_accounts.customer_id = customer_sizes.customer_id
    inner join profiles on customer_accounts.account_key = profiles.account_key

),

-- most customers have one account, of which nothing has to be chosen
details_of_one_account as (

    select
        customer_id,
        registered_date,
        source_name as source_names,
        account_count,
        confirmed_date,
        gender,
        birth_date,
        occupation,
        country,
        province,
        city,
        channel,
        has_name,
        has_email,
        has_phone,
        has_address

    from account_details
    where account_count = 1

),

ranked_details as (

    select
        *,
        row_number() over (
            partition by customer_id
            order by
                source_trust desc nulls first,
                changed_at asc nulls first,
                account_key asc
        ) as trust,
        row_number() over (
            partition by customer_id
            order by changed_at nulls first, account_key
        ) as newness

    from account_details
    where account_count > 1

),

-- the golden record: per field the newest value that is not empty of the source that is
-- trusted most among those that have one
details_of_several_accounts as (

    select
        customer_id,
        min(registered_date) as registered_date,
        {{ joined_values('source_name') }} as source_names,
        count(*) as account_count,
        max(confirmed_date) as confirmed_date,
        max_by(gender, trust) filter (where gender is not null) as gender,
        max_by(birth_date, trust) filter (where birth_date is not null) as birth_date,
        max_by(occupation, trust) filter (where occupation is not null) as occupation,
        max_by(country, trust) filter (where country is not null) as country,
        max_by(province, trust) filter (where province is not null) as province,
        max_by(city, trust) filter (where city is not null) as city,
        min_by(channel, newness) filter (where channel is not null) as channel,
        bool_or(has_name) as has_name,
        bool_or(has_email) as has_email,
        bool_or(has_phone) as has_phone,
        bool_or(has_address) as has_address

    from ranked_details
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
        {{ years_between('birth_date', as_of()) }} as age_years,
        {{ filled_fields() }} as filled_count

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
        cast(aged_details.filled_count as double)
        / nullif({{ profile_fields() | length }}, 0) as profile_completeness,
        {{ days_between('aged_details.confirmed_date', as_of()) }} as freshness_days,
        {{ days_after(var('profile_confirm_days'), 'aged_details.confirmed_date') }}
            as next_confirmation_date,
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
