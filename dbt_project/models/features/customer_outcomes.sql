with features as (

    select * from {{ ref('customer_features') }}

),

customer_days as (

    select * from {{ ref('fct_customer_days') }}

),

horizons as (

    -- horizons of churn and value, and half a year, which more shops have than a year
    select cast(30 as bigint) as horizon_days
    union
    select cast(90 as bigint) as horizon_days
    union
    select cast({{ var('value_holdout_days') }} as bigint) as horizon_days
    union
    select cast(365 as bigint) as horizon_days
    union
    select cast({{ var('churn_horizon_days') }} as bigint) as horizon_days

),

past_features as (

    select
        features.customer_id,
        features.as_of_date,
        features.days_since_last_order,
        horizons.horizon_days

    from features
    inner join horizons
        on {{ days_between('features.as_of_date', as_of()) }} >= horizons.horizon_days
    where not features.is_today

),

future_days as (

    select
        past_features.customer_id,
        past_features.as_of_date,
        past_features.horizon_days,
        count(*) filter (where customer_days.purchase_count > 0) as future_order_days,
        sum(customer_days.purchase_count) as future_order_count,
        sum(customer_days.net_amount) as future_net_sales

    from past_features
    inner join customer_days on past_features.customer_id = customer_days.customer_id
    where {{ days_between('past_features.as_of_date', 'customer_days.activity_date') }}
        between 1 and past_features.horizon_days
    group by
        past_features.customer_id,
        past_features.as_of_date,
        past_features.horizon_days

),

customer_outcomes as (

    select
        past_features.customer_id,
        past_features.as_of_date,
        past_features.horizon_days,
        coalesce(future_days.future_order_days, 0) as future_order_days,
        cast(coalesce(future_days.future_order_count, 0) as bigint)
            as future_order_count,
        cast(coalesce(future_days.future_net_sales, 0) as decimal(18, 2))
            as future_net_sales,
        coalesce(future_days.future_order_days, 0) = 0 as is_churned,
        past_features.days_since_last_order < {{ var('churn_eligibility_days') }}
            as is_eligible

    from past_features
    left join future_days
        on past_features.customer_id = future_days.customer_id
        and past_features.as_of_date = future_days.as_of_date
        and past_features.horizon_days = future_days.horizon_days

)

select * from customer_outcomes
