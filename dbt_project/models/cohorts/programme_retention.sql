with programmes as (

    select * from {{ source('reference', 'programmes') }}

),

members as (

    select * from {{ ref('int_cohort_members') }}

),

orders as (

    select * from {{ ref('fct_orders') }}

),

windows as (

    select 30 as window_days
    union all
    select 90 as window_days

),

cohort_types as (

    select 'first_order' as cohort_type
    union all
    select 'registration' as cohort_type

),

-- who is compared: before, those whose days were over when the programme began; after,
-- those whose days are over tonight
comparisons as (

    select
        programmes.programme,
        'before' as period,
        cohort_types.cohort_type,
        windows.window_days,
        {{ days_before(
            "windows.window_days + " ~ var('programme_compare_days'),
            'programmes.starts_on',
        ) }} as first_joined_date,
        {{ days_before('windows.window_days + 1', 'programmes.starts_on') }}
            as last_joined_date

    from programmes
    cross join cohort_types
    cross join windows

    union all

    select
        programmes.programme,
        'after' as period,
        cohort_types.cohort_type,
        windows.window_days,
        programmes.starts_on as first_joined_date,
        least(
            {{ days_after(
                var('programme_compare_days') ~ ' - 1', 'programmes.starts_on'
            ) }},
            {{ days_before('windows.window_days', as_of()) }}
        ) as last_joined_date

    from programmes
    cross join cohort_types
    cross join windows

),

-- what was bought before the month of the shop's first order is not known
known_orders as (

    select {{ first_of_month('min(order_date)') }} as known_from from orders

),

joined_days as (

    select
        members.cohort_type,
        members.joined_date,
        count(*) as member_count,
        count(*) filter (where members.days_to_next_purchase <= 30)
            as retained_count_30d,
        count(*) filter (where members.days_to_next_purchase <= 90)
            as retained_count_90d

    from members
    inner join known_orders on members.joined_date >= known_orders.known_from
    group by members.cohort_type, members.joined_date

),

counts as (

    select
        comparisons.programme,
        comparisons.period,
        comparisons.cohort_type,
        comparisons.window_days,
        comparisons.first_joined_date,
        comparisons.last_joined_date,
        coalesce(sum(joined_days.member_count), 0) as cohort_size,
        coalesce(
            sum(
                case comparisons.window_days
                    when 30 then joined_days.retained_count_30d
                    when 90 then joined_days.retained_count_90d
                end
            ),
            0
        ) as retained_count

    from comparisons
    left join joined_days
        on comparisons.cohort_type = joined_days.cohort_type
        and comparisons.first_joined_date <= joined_days.joined_date
        and comparisons.last_joined_date >= joined_days.joined_date
    group by
        comparisons.programme,
        comparisons.period,
        comparisons.cohort_type,
        comparisons.window_days,
        comparisons.first_joined_date,
        comparisons.last_joined_date

),

programme_retention as (

    select
        programme,
        period,
        cohort_type,
        cast(window_days as bigint) as window_days,
        first_joined_date,
        last_joined_date,
        cast(cohort_size as bigint) as cohort_size,
        cast(retained_count as bigint) as retained_count,
        cast(retained_count as double) / nullif(cohort_size, 0) as retention_rate,
        {{ as_of() }} as as_of_date

    from counts

)

select * from programme_retention
