with customers as (

    select * from {{ ref('dim_customers') }}

),

tier_thresholds as (

    select
        coalesce(min(customer_since), {{ as_of() }}) as valid_from,
        cast(null as date) as valid_to,
        'fixed' as method,
        cast({{ var('senior_from') }} as decimal(18, 2)) as senior_from,
        cast({{ var('vip_above') }} as decimal(18, 2)) as vip_above,
        cast({{ var('platinum_above') }} as decimal(18, 2)) as platinum_above,
        cast({{ var('diamond_above') }} as decimal(18, 2)) as diamond_above

    from customers

)

select * from tier_thresholds
