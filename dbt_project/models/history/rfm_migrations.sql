with moves as (

    select * from {{ ref('int_rfm_moves') }}

),

migrations as (

    select
        month,
        from_group,
        to_group,
        count(*) as customer_count,
        count(*) filter (where not is_threshold_drift) as behaviour_count,
        count(*) filter (where is_threshold_drift) as threshold_count,
        {{ as_of() }} as as_of_date

    from moves
    group by month, from_group, to_group

)

select * from migrations
