with customers as (

    select * from {{ ref('dim_customers') }}

),

forecasts as (

    select * from {{ source('ml', 'customer_next_order') }}

),

customer_next_order as (

    select
        forecasts.customer_id,
        customers.as_of_date,
        forecasts.next_order_status,
        cast(forecasts.expected_order_date as date) as expected_order_date,
        cast(forecasts.low as date) as low,
        cast(forecasts.high as date) as high,
        forecasts.method,
        cast(forecasts.horizon_days as bigint) as horizon_days,
        cast(forecasts.probability_of_order as double) as probability_of_order,
        cast(forecasts.due_date as date) as due_date,
        greatest(
            {{ days_between('forecasts.due_date', 'customers.as_of_date') }}, 0
        ) as days_past_due,
        cast(forecasts.last_order_date as date) as last_order_date,
        cast(forecasts.rhythm_days as double) as rhythm_days,
        cast(forecasts.known_gap_count as bigint) as known_gap_count

    from forecasts
    inner join customers on forecasts.customer_id = customers.customer_id

)

select * from customer_next_order
