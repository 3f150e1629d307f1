{{ config(meta={'dagster': {'ref': {'name': 'customer_tiers'}}}) }}

-- A row is a difference: the spend behind the tiers and what known customers bought in
-- these twelve months must be one sum.
with credited as (

    select
        coalesce(sum(net_sales_12m), 0) as amount,
        coalesce(sum(order_count_12m), 0) as order_count

    from {{ ref('customer_tiers') }}

),

sold as (

    select
        coalesce(sum(net_amount), 0) as amount,
        count(*) filter (where is_purchase) as order_count

    from {{ ref('fct_orders') }}
    where customer_id is not null
        and order_date > {{ day_before_tier_year(as_of()) }}

)

select
    credited.amount as credited_amount,
    sold.amount as sold_amount,
    credited.order_count as credited_order_count,
    sold.order_count as sold_order_count

from credited
cross join sold
where credited.amount <> sold.amount
    or credited.order_count <> sold.order_count
