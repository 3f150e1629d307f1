with interactions as (

    select
        *,
        {{ day_number('interaction_date') }} as day_number

    from {{ ref('int_interactions') }}

),

frequent_days as (

    select * from {{ ref('int_frequent_days') }}

),

-- how long an interaction counts: numbers of days, the first on which it does no more
counted_interactions as (

    select
        interactions.customer_id,
        interactions.day_number,
        frequent_days.frequent_until,
        interactions.day_number + {{ var('interaction_days') }} as interacting_until,
        case
            when interactions.purchase_count > 0
                then interactions.day_number + {{ var('active_purchase_days') }}
        end as buying_until,
        case
            when interactions.login_count > 0
                then interactions.day_number + {{ var('dormant_days') }}
        end as awake_until

    from interactions
    left join frequent_days
        on interactions.customer_id = frequent_days.customer_id
        and interactions.interaction_date = frequent_days.interaction_date

),

counted_before as (

    select
        *,
        max(frequent_until) over (
            partition by customer_id order by day_number
            rows between unbounded preceding and 1 preceding
        ) as frequent_before,
        lag(interacting_until) over (
            partition by customer_id order by day_number
        ) as interacting_before,
        max(buying_until) over (
            partition by customer_id order by day_number
            rows between unbounded preceding and 1 preceding
        ) as buying_before,
        max(awake_until) over (
            partition by customer_id order by day_number
            rows between unbounded preceding and 1 preceding
        ) as awake_before,
        lead(day_number, 1, 9999999) over (
            partition by customer_id order by day_number
        ) as next_day

    from counted_interactions

),

counted_until as (

    select
        customer_id,
        day_number,
        next_day,
        greatest(frequent_until, frequent_before) as frequent_until,
        interacting_until,
        greatest(buying_until, buying_before) as buying_until,
        greatest(awake_until, awake_before) as awake_until,
        frequent_before,
        interacting_before,
        buying_before,
        awake_before,
        greatest(frequent_until, frequent_before, day_number) as settled_on

    from counted_before

),

-- an interaction may begin a period, and so may each day until the next one on which
-- something counts no more
beginnings as (

    select
        *,
        day_number as begins_on
    from counted_until
    where interacting_before is null
        or {{ activity('day_number', 'until') }}
        <> {{ activity('day_number - 1', 'before') }}

    union all

    select
        *,
        frequent_until as begins_on
    from counted_until
    where frequent_until > day_number and frequent_until < next_day

    union all

    select
        *,
        interacting_until as begins_on
    from counted_until
    where interacting_until > settled_on and interacting_until < next_day

    union all

    select
        *,
        buying_until as begins_on
    from counted_until
    where buying_until > settled_on
        and buying_until < interacting_until
        and buying_until < next_day

    union all

    select
        *,
        awake_until as begins_on
    from counted_until
    where awake_until > settled_on
        and awake_until > interacting_until
        and awake_until < next_day

),

activity_periods as (

    select
        customer_id,
        {{ activity('begins_on', 'until') }} as segment,
        {{ date_of_day_number('begins_on') }} as valid_from

    from beginnings

)

select * from activity_periods
