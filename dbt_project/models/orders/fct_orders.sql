{{ config(**kept('order_id', 'renumbered_orders')) }}

with orders as (

    select * from {{ ref('int_orders') }}
    {{ where_touched('order_id', ref('renumbered_orders')) }}

),

numbered_orders as (

    select
        order_id,
        source_name,
        customer_id,
        order_date,
        ordered_at,
        status,
        is_paid,
        is_purchase,
        case
            when is_purchase and customer_id is not null
                then cast(
                        row_number() over (
                            partition by customer_id, is_purchase
                            order by ordered_at, order_id
                        ) as bigint
                    )
        end as purchase_number,
        line_count,
        item_count,
        items_amount,
        discount_amount,
        shipping_amount,
        tax_amount,
        total_amount,
        refunded_amount,
        net_amount,
        currency,
        original_currency,
        exchange_rate,
        payment_method,
        device,
        has_coupon

    from orders

)

select * from numbered_orders
