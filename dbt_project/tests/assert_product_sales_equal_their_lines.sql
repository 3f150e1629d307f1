{{ config(meta={'dagster': {'ref': {'name': 'dim_products'}}}) }}

-- A row is a difference: what products are credited with and what their lines sold must
-- be one sum.
with credited as (

    select
        coalesce(sum(net_sales), 0) as amount,
        coalesce(sum(quantity_sold), 0) as quantity

    from {{ ref('dim_products') }}

),

sold as (

    select
        coalesce(sum(net_amount), 0) as amount,
        coalesce(
            sum(case when is_paid then quantity - refunded_quantity end), 0
        ) as quantity

    from {{ ref('fct_order_items') }}
    where product_id is not null

)

select
    credited.amount as credited_amount,
    sold.amount as sold_amount,
    credited.quantity as credited_quantity,
    sold.quantity as sold_quantity

from credited
cross join sold
where credited.amount <> sold.amount or credited.quantity <> sold.quantity
