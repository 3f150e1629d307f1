with orders as (

    select * from {{ ref('int_orders') }}

),

order_lines as (

    select * from {{ ref('int_order_lines') }}

),

order_items as (

    select
        order_lines.order_item_id,
        order_lines.order_id,
        orders.customer_id,
        order_lines.product_id,
        orders.order_date,
        orders.is_paid,
        order_lines.quantity,
        order_lines.unit_price,
        order_lines.gross_amount,
        order_lines.discount_amount,
        order_lines.refunded_quantity,
        order_lines.refunded_amount,
        cast(
            case
                when orders.is_paid
                    then order_lines.line_amount - order_lines.refunded_amount
                else 0
            end as decimal(18, 2)
        ) as net_amount

    from order_lines
    inner join orders on order_lines.order_id = orders.order_id

)

select * from order_items
