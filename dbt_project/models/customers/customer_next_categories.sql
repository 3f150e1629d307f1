with next_categories as (

    select * from {{ source('ml', 'customer_next_categories') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

customer_next_categories as (

    select
        next_categories.customer_id,
        customers.as_of_date,
        cast(next_categories.rank as bigint) as rank,
        next_categories.category,
        cast(next_categories.probability as double) as probability,
        next_categories.method

    from next_categories
    inner join customers on next_categories.customer_id = customers.customer_id

)

select * from customer_next_categories
