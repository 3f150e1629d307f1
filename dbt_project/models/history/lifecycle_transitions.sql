with lifecycle_periods as (

    select * from {{ ref('int_lifecycle_periods') }}

),

months as (

    select * from {{ ref('int_history_months') }}

),

targets as (

    select * from {{ source('reference', 'targets') }}
    where measure = 'lifecycle_transition'

),

steps as (

    select
        customer_id,
        valid_from,
        segment,
        0 as amount

    from lifecycle_periods
    where valid_from <= {{ as_of() }}

),

{{ segment_moves() }},

lifecycle_transitions as (

    select
        moves.month,
        moves.from_segment as from_stage,
        moves.to_segment as to_stage,
        moves.customer_count,
        cast(moves.customer_count as double)
        / nullif(
            sum(moves.customer_count) over (
                partition by moves.month, moves.from_segment
            ), 0
        ) as rate,
        cast(targets.target as double) as target_rate

    from moves
    left join targets
        on moves.from_segment || '_to_' || moves.to_segment = targets.segment

)

select * from lifecycle_transitions
