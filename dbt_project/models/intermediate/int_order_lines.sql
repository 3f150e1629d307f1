with orders as (

    select * from {{ ref('stg_orders') }}

),

order_items as (

    select * from {{ ref('stg_order_items') }}

),

known_lines as (

    select
        order_items.order_item_id,
        order_items.order_id,
        order_items.product_id,
        orders.status,
        order_items.quantity,
        order_items.unit_price,
        cast(order_items.quantity * order_items.unit_price as decimal(18, 2))
            as gross_amount,
        coalesce(order_items.discount_amount, 0) as discount_amount,
        coalesce(order_items.refunded_quantity, 0) as reported_refunded_quantity

    from order_items
    inner join orders on order_items.order_id = orders.order_id
    where orders.order_date <= {{ as_of() }}

),

refunded_lines as (

    select
        *,
        cast(gross_amount - discount_amount as decimal(18, 2)) as line_amount,
        case
            when status = 'returned' then quantity
            when status in ('paid', 'shipped', 'delivered')
                then greatest(least(reported_refunded_quantity, quantity), 0)
            else 0
        end as refunded_quantity

    from known_lines

),

order_lines as (

    select
        order_item_id,
        order_id,
        product_id,
        quantity,
        unit_price,
        gross_amount,
        cast(discount_amount as decimal(18, 2)) as discount_amount,
        line_amount,
        cast(refunded_quantity as bigint) as refunded_quantity,
        case
            when refunded_quantity = 0 then 0
            when refunded_quantity = quantity then line_amount
            else {{ money('line_amount * refunded_quantity / quantity') }}
        end as refunded_amount

    from refunded_lines

)

select * from order_lines
