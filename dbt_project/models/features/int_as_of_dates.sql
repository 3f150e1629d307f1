with orders as (

    select * from {{ ref('int_orders') }}

),

purchase_days as (

    select
        order_date,
        count(*) as purchase_count,
        lag(order_date) over (order by order_date) as previous_date

    from orders
    where is_purchase
    group by order_date

),

counted_days as (

    select
        *,
        sum(purchase_count) over (order by order_date) - purchase_count
            as earlier_count,
        sum(purchase_count) over () as all_count

    from purchase_days

),

-- The day from which purchases go on: a few that lie a year before all others are slips
-- of a date or a trial, and no history to learn from.
history as (

    select
        coalesce(
            max(
                case
                    when
                        {{ days_between('previous_date', 'order_date') }}
                        > {{ var('history_gap_days') }}
                        and earlier_count <= greatest(1, 0.01 * all_count)
                        then order_date
                end
            ),
            min(order_date)
        ) as first_purchase_date

    from counted_days

),

-- Churn: the newest past date is one horizon back, so that its outcome is known.
-- Value: of each length the newest windows that are over, one after the other, and some
-- dates more before the second one of half a year, which learns from them.
candidate_dates as (

    {%- set days_back = [] %}
    {%- for number in range(var('feature_past_dates') | int) %}
        {%- do days_back.append(
            var('churn_horizon_days') + number * var('feature_step_days')
        ) %}
    {%- endfor %}
    {%- do days_back.extend([30, 60, 365, 730, var('value_holdout_days') | int]) %}
    {%- for number in range(var('value_past_dates') | int) %}
        {%- do days_back.append(
            ((var('value_holdout_days') | int) * (6 + number) / 3) | round | int
        ) %}
    {%- endfor %}

    select
        {{ as_of() }} as as_of_date,
        true as is_today

    {% for days in days_back | unique %}
    union all

    select
        {{ days_before(days, as_of()) }} as as_of_date,
        false as is_today
    {% endfor %}

),

dated_history as (

    select
        candidate_dates.as_of_date,
        candidate_dates.is_today,
        {{ days_between('history.first_purchase_date', 'candidate_dates.as_of_date') }}
            as history_days

    from candidate_dates
    cross join history

),

as_of_dates as (

    select
        as_of_date,
        is_today

    from dated_history
    where is_today or history_days >= {{ var('feature_history_days') }}

)

select * from as_of_dates
