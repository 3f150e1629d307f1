with orders as (

    select * from {{ ref('int_orders') }}

),

history as (

    select min(order_date) as first_purchase_date
    from orders
    where is_purchase

),

-- Churn: the newest past date is one horizon back, so that its outcome is known.
-- Value: the test date is one window back, and what is learned for it stops another
-- window earlier, where the validation date lies, which learns from one window earlier.
candidate_dates as (

    {%- set days_back = [] %}
    {%- for number in range(var('feature_past_dates') | int) %}
        {%- do days_back.append(
            var('churn_horizon_days') + number * var('feature_step_days')
        ) %}
    {%- endfor %}
    {%- do days_back.append(var('value_holdout_days') | int) %}
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
