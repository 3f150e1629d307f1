with orders as (

    select
        *,
        {{ as_of() }} as as_of_date

    from {{ ref('stg_orders') }}

),

order_lines as (

    select * from {{ ref('int_order_lines') }}

),

customer_accounts as (

    select * from {{ ref('int_customer_accounts') }}

),

{{ order_amounts() }}

select * from order_amounts
