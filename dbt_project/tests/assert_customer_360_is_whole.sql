{{ config(meta={'dagster': {'ref': {'name': 'customer_360'}}}) }}

-- A row is a customer who is missing from the whole picture, or a buyer without a
-- predicted value or a word about the next order.
with customers as (

    select * from {{ ref('dim_customers') }}

),

pictures as (

    select * from {{ ref('customer_360') }}

)

select
    customers.customer_id,
    customers.order_count,
    pictures.predicted_value,
    pictures.next_order_status

from customers
left join pictures on customers.customer_id = pictures.customer_id
where pictures.customer_id is null
    or (customers.order_count > 0 and pictures.predicted_value is null)
    or (customers.order_count = 0 and pictures.predicted_value is not null)
    or (customers.order_count > 0 and pictures.next_order_status = 'none')
    or (customers.order_count = 0 and pictures.next_order_status <> 'none')
