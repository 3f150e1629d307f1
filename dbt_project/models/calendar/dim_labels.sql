with labels as (

    select
        column_name,
        code,
        label_en,
        label_zh,
        sort_order

    from {{ source('reference', 'labels') }}

)

select * from labels
