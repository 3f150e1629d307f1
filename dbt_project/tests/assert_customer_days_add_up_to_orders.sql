{{ config(meta={'dagster': {'ref': {'name': 'fct_customer_days'}}}) }}

-- A row is a difference: the days of customers must add up to the orders of known
-- customers.
with days as (

    select
        coalesce(sum(order_count), 0) as order_count,
        coalesce(sum(purchase_count), 0) as purchase_count,
        coalesce(sum(net_amount), 0) as net_amount,
        coalesce(sum(net_amount + refunded_amount), 0) as paid_amount

    from {{ ref('fct_customer_days') }}

),

orders as (

    select
        count(*) filter (where status <> 'credit_note') as order_count,
        count(*) filter (where is_purchase) as purchase_count,
        coalesce(sum(net_amount), 0) as net_amount,
        coalesce(sum(case when is_purchase then total_amount end), 0) as paid_amount

    from {{ ref('fct_orders') }}
    where customer_id is not null

)

select
    days.net_amount as days_net_amount,
    orders.net_amount as orders_net_amount,
    days.purchase_count as days_purchase_count,
    orders.purchase_count as orders_purchase_count

from days
cross join orders
where days.order_count <> orders.order_count
    or days.purchase_count <> orders.purchase_count
    or days.net_amount <> orders.net_amount
    or days.paid_amount <> orders.paid_amount
