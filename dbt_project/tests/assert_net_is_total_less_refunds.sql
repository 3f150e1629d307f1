{{ config(meta={'dagster': {'ref': {'name': 'fct_orders'}}}) }}

-- A row is an order that breaks one of: net is total less refunds when paid, else
-- nothing; a returned order nets nothing; nobody is refunded less than nothing; nothing
-- lies after the as-of date.
with orders as (

    select * from {{ ref('fct_orders') }}
    {{ where_touched('order_id', ref('renumbered_orders')) }}

)

select
    order_id,
    status,
    order_date,
    total_amount,
    refunded_amount,
    net_amount

from orders
where net_amount
    <> case when is_paid then total_amount - refunded_amount else 0 end
    or (status = 'returned' and net_amount <> 0)
    or (status <> 'returned' and refunded_amount < 0)
    or (is_purchase and not is_paid)
    or order_date > {{ as_of() }}
