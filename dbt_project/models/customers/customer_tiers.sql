with customers as (

    select * from {{ ref('dim_customers') }}

),

orders as (

    select * from {{ ref('fct_orders') }}

),

recent_spend as (

    select
        customer_id,
        sum(net_amount) as net_sales_12m,
        count(*) filter (where is_purchase) as order_count_12m

    from orders
    where order_date > {{ day_before_tier_year(as_of()) }}
    group by customer_id

),

customer_spend as (

    select
        customers.customer_id,
        cast(coalesce(recent_spend.net_sales_12m, 0) as decimal(18, 2))
            as net_sales_12m,
        coalesce(recent_spend.order_count_12m, 0) as order_count_12m

    from customers
    left join recent_spend on customers.customer_id = recent_spend.customer_id

),

customer_tiers as (

    select
        customer_id,
        {{ as_of() }} as as_of_date,
        net_sales_12m,
        order_count_12m,
        case
            when net_sales_12m > {{ var('vip_above') }} then 'vip'
            when net_sales_12m >= {{ var('senior_from') }} then 'senior'
            else 'regular'
        end as value_tier,
        case
            when net_sales_12m <= {{ var('vip_above') }} then null
            when net_sales_12m > {{ var('diamond_above') }} then 'diamond'
            when net_sales_12m > {{ var('platinum_above') }} then 'platinum'
            else 'gold'
        end as vip_level

    from customer_spend

)

select * from customer_tiers
