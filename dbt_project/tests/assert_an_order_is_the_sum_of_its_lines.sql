{{ config(meta={'dagster': {'ref': {'name': 'fct_orders'}}}) }}

-- A row is an order whose amounts are not the sum of its lines: the items always, the
-- total when the shop reports none.
with orders as (

    select * from {{ ref('fct_orders') }}
    {{ where_touched('order_id', ref('renumbered_orders')) }}

),

given_totals as (

    select
        order_id,
        is_total_given
    from {{ ref('int_orders') }}
    {{ where_touched('order_id', ref('renumbered_orders')) }}

),

line_sums as (

    select
        order_id,
        sum(gross_amount) as gross_amount

    from {{ ref('fct_order_items') }}
    {{ where_touched('order_id', ref('renumbered_orders')) }}
    group by order_id

)

select
    orders.order_id,
    orders.items_amount,
    orders.total_amount,
    line_sums.gross_amount

from orders
inner join given_totals on orders.order_id = given_totals.order_id
left join line_sums on orders.order_id = line_sums.order_id
where orders.items_amount <> coalesce(line_sums.gross_amount, 0)
    or (
        not given_totals.is_total_given
        and orders.total_amount
        <> coalesce(line_sums.gross_amount, 0)
        + orders.shipping_amount + orders.tax_amount - orders.discount_amount
    )
