with customers as (

    select * from {{ ref('dim_customers') }}

),

-- an id is a hash with a secret, so its order is none of the customers' own
numbered_customers as (

    select
        customer_id,
        row_number() over (order by customer_id) as place

    from customers

),

past_customers as (

    select customer_id from numbered_customers
    where place <= {{ var('feature_past_customers') }}

)

select * from past_customers
