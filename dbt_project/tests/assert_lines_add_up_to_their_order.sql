{{ config(meta={'dagster': {'ref': {'name': 'fct_order_items'}}}) }}

-- A row is an order that has lines and whose lines do not add up to it: total, refunds
-- and net sales are one number, whether they are summed over orders or over lines.
with orders as (

    select * from {{ ref('fct_orders') }}
    {{ where_touched('order_id', ref('renumbered_orders')) }}

),

line_sums as (

    select
        order_id,
        count(*) as line_count,
        sum(total_amount) as total_amount,
        sum(refunded_amount) as refunded_amount,
        sum(net_amount) as net_amount

    from {{ ref('fct_order_items') }}
    {{ where_touched('order_id', ref('renumbered_orders')) }}
    group by order_id

)

select
    orders.order_id,
    orders.total_amount,
    orders.refunded_amount,
    orders.net_amount,
    line_sums.total_amount as lines_total_amount,
    line_sums.refunded_amount as lines_refunded_amount,
    line_sums.net_amount as lines_net_amount

from orders
left join line_sums on orders.order_id = line_sums.order_id
where orders.line_count <> coalesce(line_sums.line_count, 0)
    or orders.total_amount <> line_sums.total_amount
    or orders.refunded_amount <> line_sums.refunded_amount
    or orders.net_amount <> line_sums.net_amount
