with levels as (

    select 1 as level_number
    union all
    select 2 as level_number
    union all
    select 3 as level_number

),

codes as (

    select
        cast(
            100 * recency_levels.level_number
            + 10 * frequency_levels.level_number
            + monetary_levels.level_number as bigint
        ) as code

    from levels as recency_levels
    cross join levels as frequency_levels
    cross join levels as monetary_levels

),

rfm_groups as (

    select
        code,
        case
            when code in (333, 332, 323) then 'champions'
            when code in (321, 322, 331, 232, 233) then 'loyal'
            when code in (312, 313, 311, 222, 223) then 'recent'
            when code in (213, 221, 123, 132, 133) then 'needs_attention'
            when code in (231, 212, 122, 131, 211) then 'at_risk'
            when code in (111, 112, 113, 121) then 'inactive'
        end as rfm_group

    from codes

)

select * from rfm_groups
