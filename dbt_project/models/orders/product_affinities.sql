with pairs as (

    select * from {{ source('ml', 'product_affinities') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

product_affinities as (

    select
        pairs.product_id,
        pairs.other_product_id,
        {{ as_of() }} as as_of_date,
        cast(pairs.rank as bigint) as rank,
        products.product_name,
        other_products.product_name as other_product_name,
        cast(pairs.order_count as bigint) as order_count,
        cast(pairs.other_order_count as bigint) as other_order_count,
        cast(pairs.together_count as bigint) as together_count,
        cast(pairs.support as double) as support,
        cast(pairs.confidence as double) as confidence,
        cast(pairs.lift as double) as lift,
        cast(pairs.p_value as double) as p_value,
        cast(pairs.q_value as double) as q_value,
        pairs.method

    from pairs
    inner join products on pairs.product_id = products.product_id
    inner join products as other_products
        on pairs.other_product_id = other_products.product_id

)

select * from product_affinities
