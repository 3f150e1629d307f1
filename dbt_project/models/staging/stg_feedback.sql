with source as (

    select * from {{ source('raw', 'feedback') }}

),

-- the customer's own words may hold anything and are read by nobody
renamed as (

    select
        -- ids
        {{ global_id('feedback_id') }} as feedback_id,
        {{ global_id('account_id') }} as account_key,
        {{ global_id('order_id') }} as order_id,
        {{ global_id('product_id') }} as product_id,
        source_name,

        -- strings
        kind,
        topic,
        case
            when answered_at >= {{ end_of_as_of() }} then 'to_improve'
            else status
        end as status,

        -- numerics
        cast(score as decimal(18, 4)) as score,

        -- dates
        {{ business_date('submitted_at') }} as submitted_date,

        -- instants
        cast(submitted_at as timestamp) as submitted_at,
        cast({{ if_known('answered_at') }} as timestamp) as answered_at

    from source

),

-- what happened after the day is cut off in staging, and nowhere else
known as (

    select * from renamed
    where submitted_at < {{ end_of_as_of() }}

)

select * from known
