with customers as (

    select * from {{ ref('dim_customers') }}

),

lifetime_values as (

    select * from {{ source('ml', 'customer_lifetime_value') }}

),

amounts as (

    select
        customers.customer_id,
        customers.as_of_date,
        lifetime_values.method,
        customers.net_sales as historic_value,
        {{ money('lifetime_values.predicted_value') }} as predicted_value,
        cast(lifetime_values.expected_orders as double) as expected_orders,
        cast(lifetime_values.expected_order_value as double) as expected_order_value,
        cast(lifetime_values.probability_no_purchase as double)
            as probability_no_purchase

    from lifetime_values
    inner join customers on lifetime_values.customer_id = customers.customer_id

),

customer_values as (

    select
        customer_id,
        as_of_date,
        method,
        historic_value,
        predicted_value,
        cast(historic_value + predicted_value as decimal(18, 2)) as total_value,
        expected_orders,
        expected_order_value,
        probability_no_purchase

    from amounts

)

select * from customer_values
