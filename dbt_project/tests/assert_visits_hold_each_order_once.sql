{{ config(meta={'dagster': {'ref': {'name': 'fct_sessions'}}}) }}

-- A row is a customer whose visits hold more orders than the customer placed.
with sessions as (

    select
        customer_id,
        sum(order_count) as order_count

    from {{ ref('fct_sessions') }}
    where customer_id is not null and order_count > 0
    group by customer_id

),

orders as (

    select
        customer_id,
        count(*) as order_count

    from {{ ref('fct_orders') }}
    where status <> 'credit_note'
    group by customer_id

)

select
    sessions.customer_id,
    sessions.order_count,
    orders.order_count as orders_placed

from sessions
left join orders on sessions.customer_id = orders.customer_id
where sessions.order_count > coalesce(orders.order_count, 0)
