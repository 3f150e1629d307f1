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
        lifetime_values.method_30d,
        lifetime_values.method_90d,
        customers.net_sales as historic_value,
        {{ money('lifetime_values.predicted_value_30d') }} as predicted_value_30d,
        {{ money('lifetime_values.predicted_value_30d_low') }}
            as predicted_value_30d_low,
        {{ money('lifetime_values.predicted_value_30d_high') }}
            as predicted_value_30d_high,
        {{ money('lifetime_values.predicted_value_90d') }} as predicted_value_90d,
        {{ money('lifetime_values.predicted_value_90d_low') }}
            as predicted_value_90d_low,
        {{ money('lifetime_values.predicted_value_90d_high') }}
            as predicted_value_90d_high,
        {{ money('lifetime_values.predicted_value') }} as predicted_value,
        {{ money('lifetime_values.predicted_value_low') }} as predicted_value_low,
        {{ money('lifetime_values.predicted_value_high') }} as predicted_value_high,
        cast(lifetime_values.interval_level as double) as interval_level,
        cast(lifetime_values.expected_orders as double) as expected_orders,
        cast(lifetime_values.expected_order_value as double) as expected_order_value,
        cast(lifetime_values.probability_no_purchase as double)
            as probability_no_purchase,
        lifetime_values.challenger_method,
        {{ money('lifetime_values.challenger_value') }} as challenger_value

    from lifetime_values
    inner join customers on lifetime_values.customer_id = customers.customer_id

),

customer_values as (

    select
        customer_id,
        as_of_date,
        method,
        method_30d,
        method_90d,
        historic_value,
        predicted_value_30d,
        predicted_value_30d_low,
        predicted_value_30d_high,
        predicted_value_90d,
        predicted_value_90d_low,
        predicted_value_90d_high,
        predicted_value,
        predicted_value_low,
        predicted_value_high,
        interval_level,
        cast(historic_value + predicted_value as decimal(18, 2)) as total_value,
        expected_orders,
        expected_order_value,
        probability_no_purchase,
        challenger_method,
        challenger_value

    from amounts

)

select * from customer_values
