{#- Measures whose target is the most that there should be; it is else the least. -#}
{% set fewer_are_better = [
    "invalid_email_share",
    "masked_email_count",
    "masked_phone_count",
    "duplicates",
    "consolidation_rate",
    "overshared_identifier_count",
    "largest_customer_accounts",
    "due_for_confirmation_share",
] -%}

with accounts as (

    select * from {{ ref('stg_customers') }}

),

account_identifiers as (

    select * from {{ ref('int_account_identifiers') }}

),

customer_accounts as (

    select * from {{ ref('int_customer_accounts') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

orders as (

    select * from {{ ref('fct_orders') }}

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

targets as (

    select * from {{ source('reference', 'targets') }}
    where measure = 'data_quality'

),

contacts as (

    select
        count(*) as account_count,
        count(*) filter (
            where email_normalized is not null or phone_normalized is not null
        ) as reachable_count,
        count(*) filter (where email_normalized is null) as without_email_count,
        count(*) filter (where email_is_masked) as masked_email_count,
        count(*) filter (where phone_is_masked) as masked_phone_count

    from accounts

),

customer_sizes as (

    select
        customer_id,
        count(*) as account_count

    from customer_accounts
    group by customer_id

),

merged as (

    select
        count(*) as customer_count,
        cast(coalesce(sum(account_count), 0) as bigint) as account_count,
        coalesce(max(account_count), 0) as largest_count

    from customer_sizes

),

overshared_values as (

    select
        identifier_type,
        identifier_value

    from account_identifiers
    where identifier_status = 'over_limit'
    group by identifier_type, identifier_value

),

health as (

    select
        count(*) as customer_count,
        cast(
            coalesce(
                round(sum(profile_completeness * {{ profile_fields() | length }})), 0
            ) as bigint
        ) as filled_count,
        count(next_confirmation_date) as confirmed_count,
        count(*) filter (where next_confirmation_date <= {{ as_of() }}) as due_count

    from customers

),

service as (

    select customer_id from tickets
    union all
    select customer_id from feedback

),

-- a count stands alone; a share has what it is a share of
measures as (

    select
        'collection_rate' as measure,
        reachable_count as numerator,
        account_count as denominator
    from contacts

    union all

    select
        'coverage' as measure,
        count(customer_id) as numerator,
        count(*) as denominator
    from orders

    union all

    select
        'service_coverage' as measure,
        count(customer_id) as numerator,
        count(*) as denominator
    from service

    union all

    select
        'campaign_coverage' as measure,
        count(customer_id) as numerator,
        count(*) as denominator
    from messages

    union all

    select
        'invalid_email_share' as measure,
        without_email_count as numerator,
        account_count as denominator
    from contacts

    union all

    select
        'masked_email_count' as measure,
        masked_email_count as numerator,
        cast(null as bigint) as denominator
    from contacts

    union all

    select
        'masked_phone_count' as measure,
        masked_phone_count as numerator,
        cast(null as bigint) as denominator
    from contacts

    union all

    select
        'duplicates' as measure,
        account_count - customer_count as numerator,
        cast(null as bigint) as denominator
    from merged

    union all

    select
        'consolidation_rate' as measure,
        account_count - customer_count as numerator,
        account_count as denominator
    from merged

    union all

    select
        'overshared_identifier_count' as measure,
        count(*) as numerator,
        cast(null as bigint) as denominator
    from overshared_values

    union all

    select
        'largest_customer_accounts' as measure,
        largest_count as numerator,
        cast(null as bigint) as denominator
    from merged

    union all

    select
        'profile_completeness' as measure,
        filled_count as numerator,
        customer_count * {{ profile_fields() | length }} as denominator
    from health

    union all

    select
        'due_for_confirmation_share' as measure,
        due_count as numerator,
        confirmed_count as denominator
    from health

),

valued_measures as (

    select
        measure,
        case
            when denominator is null then cast(numerator as double)
            else cast(numerator as double) / nullif(denominator, 0)
        end as value,
        numerator,
        denominator

    from measures

),

data_quality as (

    select
        valued_measures.measure,
        valued_measures.value,
        valued_measures.numerator,
        valued_measures.denominator,
        cast(targets.target as double) as target,
        case
            when
                valued_measures.measure in (
                    {%- for measure in fewer_are_better %}
                    '{{ measure }}'{{ "," if not loop.last }}
                    {%- endfor %}
                )
                then valued_measures.value <= cast(targets.target as double)
            else valued_measures.value >= cast(targets.target as double)
        end as is_met,
        {{ as_of() }} as as_of_date

    from valued_measures
    left join targets on valued_measures.measure = targets.segment

)

select * from data_quality
