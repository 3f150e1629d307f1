{{ config(**kept('order_id', 'touched_orders')) }}

with orders as (

    select
        *,
        {{ as_of() }} as as_of_date

    from {{ ref('stg_orders') }}
    {{ where_touched('order_id', ref('touched_orders')) }}

),

order_items as (

    select
        *,
        {{ as_of() }} as as_of_date

    from {{ ref('stg_order_items') }}
    {{ where_touched('order_id', ref('touched_orders')) }}

),

{{ rated_orders() }},

{{ order_lines() }},

todays_lines as (

    select
        order_item_id,
        order_id,
        product_id,
        quantity,
        unit_price,
        gross_amount,
        discount_amount,
        line_amount,
        refunded_quantity,
        refunded_amount

    from order_lines

)

select * from todays_lines
