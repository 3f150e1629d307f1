with orders as (

    select
        *,
        {{ as_of() }} as as_of_date

    from {{ ref('stg_orders') }}

),

order_items as (

    select
        *,
        {{ as_of() }} as as_of_date

    from {{ ref('stg_order_items') }}

),

{{ order_lines() }}

select * from order_lines
