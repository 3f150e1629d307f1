{{ config(**kept('order_id', 'touched_orders')) }}

with orders as (

    select
        *,
        {{ as_of() }} as as_of_date

    from {{ ref('stg_orders') }}
    {{ where_touched('order_id', ref('touched_orders')) }}

),

order_lines as (

    select
        *,
        {{ as_of() }} as as_of_date

    from {{ ref('int_order_lines') }}
    {{ where_touched('order_id', ref('touched_orders')) }}

),

customer_accounts as (

    select * from {{ ref('int_customer_accounts') }}

),

{{ rated_orders() }},

{{ order_amounts() }},

todays_orders as (

    select
        order_id,
        source_name,
        customer_id,
        order_date,
        ordered_at,
        status,
        is_paid,
        is_purchase,
        is_total_given,
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

    from order_amounts

)

select * from todays_orders
