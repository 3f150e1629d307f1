with products as (

    select * from {{ ref('stg_products') }}

),

order_items as (

    select * from {{ ref('fct_order_items') }}

),

orders as (

    select * from {{ ref('fct_orders') }}

),

product_sales as (

    select
        order_items.product_id,
        max(orders.source_name) as source_name,
        min(case when orders.is_purchase then orders.order_date end) as first_sold_date,
        max(case when orders.is_purchase then orders.order_date end) as last_sold_date,
        sum(
            case
                when orders.is_paid
                    then order_items.quantity - order_items.refunded_quantity
                else 0
            end
        ) as quantity_sold,
        sum(order_items.net_amount) as net_sales

    from order_items
    inner join orders on order_items.order_id = orders.order_id
    where order_items.product_id is not null
    group by order_items.product_id

),

products_with_sales as (

    select
        coalesce(products.product_id, product_sales.product_id) as product_id,
        coalesce(products.source_name, product_sales.source_name) as source_name,
        products.name as product_name,
        products.category,
        products.subcategory,
        products.brand,
        products.list_price,
        product_sales.first_sold_date,
        product_sales.last_sold_date,
        cast(coalesce(product_sales.quantity_sold, 0) as bigint) as quantity_sold,
        cast(coalesce(product_sales.net_sales, 0) as decimal(18, 2)) as net_sales

    from products
    full join product_sales on products.product_id = product_sales.product_id

)

select * from products_with_sales
