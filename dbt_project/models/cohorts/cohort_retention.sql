with members as (

    select * from {{ ref('int_cohort_members') }}

),

purchase_days as (

    select * from {{ ref('int_purchase_days') }}

),

orders as (

    select * from {{ ref('fct_orders') }}

),

period_types as (

    select
        'month' as period_type,
        0 as first_number,
        cast(null as bigint) as period_days
    union all
    select
        '30d' as period_type,
        1 as first_number,
        30 as period_days
    union all
    select
        '90d' as period_type,
        1 as first_number,
        90 as period_days

),

-- what was bought before the month of the shop's first order is not known
known_orders as (

    select {{ first_of_month('min(order_date)') }} as known_from from orders

),

cohorts as (

    select
        cohort_type,
        cohort_month,
        count(*) as cohort_size,
        min(joined_date) as first_joined_date,
        max(joined_date) as last_joined_date,
        {{ as_of() }} as as_of_date

    from members
    group by cohort_type, cohort_month

),

-- the periods that have begun for at least one member
begun_periods as (

    select
        cohorts.*,
        period_types.*,
        case
            when period_types.period_days is null
                then
                    {{ month_number('cohorts.as_of_date') }}
                    - {{ month_number('cohorts.cohort_month') }}
            else {{ period_of_days(
                days_between('cohorts.first_joined_date', 'cohorts.as_of_date'),
                'period_types.period_days',
            ) }}
        end as last_number

    from cohorts
    cross join period_types

),

periods as (

    select
        *,
        {{ each_number('first_number', 'last_number') }} as period_number

    from begun_periods
    where last_number >= first_number

),

dated_periods as (

    select
        *,
        case
            when period_days is null
                then {{ months_after('period_number', 'cohort_month') }}
            else {{ days_after(
                '(period_number - 1) * period_days + 1', 'first_joined_date'
            ) }}
        end as period_begin_date,
        case
            when period_days is null
                then {{ last_of_month(months_after('period_number', 'cohort_month')) }}
            else {{ days_after('period_number * period_days', 'last_joined_date') }}
        end as period_end_date

    from periods

),

purchases as (

    select
        members.cohort_type,
        members.cohort_month,
        {{ month_number('purchase_days.purchase_date') }}
        - {{ month_number('members.cohort_month') }} as month_number,
        {{ month_number('purchase_days.next_purchase_date') }}
        - {{ month_number('members.cohort_month') }} as next_month_number,
        {{ days_between('members.joined_date', 'purchase_days.purchase_date') }}
            as days_after_joining,
        {{ days_between('members.joined_date', 'purchase_days.next_purchase_date') }}
            as next_days_after_joining

    from members
    inner join purchase_days on members.customer_id = purchase_days.customer_id
    where purchase_days.purchase_date >= members.cohort_month

),

purchases_in_periods as (

    select
        purchases.cohort_type,
        purchases.cohort_month,
        period_types.period_type,
        period_types.first_number,
        case
            when period_types.period_days is null then purchases.month_number
            else {{ period_of_days(
                'purchases.days_after_joining', 'period_types.period_days'
            ) }}
        end as period_number,
        case
            when period_types.period_days is null then purchases.next_month_number
            else {{ period_of_days(
                'purchases.next_days_after_joining', 'period_types.period_days'
            ) }}
        end as next_period_number

    from purchases
    cross join period_types

),

-- a member is counted with the last purchase in the period
retained_members as (

    select
        cohort_type,
        cohort_month,
        period_type,
        period_number,
        count(*) as retained_count

    from purchases_in_periods
    where period_number >= first_number
        and coalesce(next_period_number > period_number, true)
    group by cohort_type, cohort_month, period_type, period_number

),

counted_periods as (

    select
        dated_periods.cohort_type,
        dated_periods.cohort_month,
        dated_periods.period_type,
        dated_periods.period_number,
        dated_periods.cohort_size,
        coalesce(retained_members.retained_count, 0) as retained_count,
        dated_periods.period_begin_date >= known_orders.known_from
        and dated_periods.period_end_date <= dated_periods.as_of_date as is_complete,
        dated_periods.period_end_date,
        dated_periods.as_of_date

    from dated_periods
    cross join known_orders
    left join retained_members
        on dated_periods.cohort_type = retained_members.cohort_type
        and dated_periods.cohort_month = retained_members.cohort_month
        and dated_periods.period_type = retained_members.period_type
        and dated_periods.period_number = retained_members.period_number
    where dated_periods.period_end_date >= known_orders.known_from

),

cohort_retention as (

    select
        cohort_type,
        cohort_month,
        period_type,
        cast(period_number as bigint) as period_number,
        cohort_size,
        retained_count,
        case
            when is_complete
                then cast(retained_count as double) / nullif(cohort_size, 0)
        end as retention_rate,
        is_complete,
        period_end_date,
        as_of_date

    from counted_periods

)

select * from cohort_retention
