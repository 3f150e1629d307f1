{{ config(meta={'dagster': {'ref': {'name': 'fct_carts'}}}) }}

-- A row is a cart whose order, or the one that rescued it, is not of the cart's
-- customer or was placed before the cart was opened. That an order pays one cart at
-- most, the yml says.
with carts as (

    select * from {{ ref('fct_carts') }}

),

orders as (

    select * from {{ ref('fct_orders') }}

),

orders_of_carts as (

    select
        cart_id,
        customer_id,
        opened_at,
        order_id
    from carts
    where state = 'paid'

    union all

    select
        cart_id,
        customer_id,
        opened_at,
        rescued_order_id as order_id
    from carts
    where is_rescued

)

select
    orders_of_carts.cart_id,
    orders_of_carts.order_id,
    orders_of_carts.customer_id

from orders_of_carts
left join orders on orders_of_carts.order_id = orders.order_id
where orders.order_id is null
    or orders_of_carts.customer_id is null
    or orders.customer_id <> orders_of_carts.customer_id
    or orders.ordered_at < orders_of_carts.opened_at
