with customers as (

    select * from {{ ref('dim_customers') }}

),

orders as (

    select * from {{ ref('fct_orders') }}

),

thresholds as (

    select * from {{ ref('tier_thresholds') }}
    where valid_to is null

),

tier_periods as (

    select * from {{ ref('int_value_tier_periods') }}

),

recent_spend as (

    select
        customer_id,
        sum(net_amount) as net_sales_12m,
        count(*) filter (where is_purchase) as order_count_12m,
        min(case when is_paid then order_date end) as next_to_fall_out

    from orders
    where order_date > {{ day_before_tier_year(as_of()) }}
    group by customer_id

),

tier_starts as (

    select
        customer_id,
        max(valid_from) as tier_since

    from tier_periods
    where valid_from <= {{ as_of() }}
    group by customer_id

),

customer_spend as (

    select
        customers.customer_id,
        cast(coalesce(recent_spend.net_sales_12m, 0) as decimal(18, 2))
            as net_sales_12m,
        coalesce(recent_spend.order_count_12m, 0) as order_count_12m,
        recent_spend.next_to_fall_out,
        tier_starts.tier_since

    from customers
    left join recent_spend on customers.customer_id = recent_spend.customer_id
    left join tier_starts on customers.customer_id = tier_starts.customer_id

),

customer_tiers as (

    select
        customer_spend.customer_id,
        {{ as_of() }} as as_of_date,
        customer_spend.net_sales_12m,
        customer_spend.order_count_12m,
        {{ value_tier(
            "customer_spend.net_sales_12m",
            "thresholds.senior_from",
            "thresholds.vip_above",
        ) }} as value_tier,
        case
            when customer_spend.net_sales_12m <= thresholds.vip_above then 'none'
            when customer_spend.net_sales_12m > thresholds.diamond_above
                then 'diamond'
            when customer_spend.net_sales_12m > thresholds.platinum_above
                then 'platinum'
            else 'gold'
        end as vip_level,
        customer_spend.tier_since,
        {{ day_after_tier_year('customer_spend.next_to_fall_out') }}
            as next_reevaluation_date

    from customer_spend
    cross join thresholds

)

select * from customer_tiers
