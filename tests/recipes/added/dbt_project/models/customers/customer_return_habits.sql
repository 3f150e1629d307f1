with risks as (

    select * from {{ source('ml', 'return_risk') }}

),

judged as (

    select
        customer_id,
        return_share,
        return_share >= {{ var('habitual_return_share') }} as is_habitual

    from risks

)

select * from judged
