with members as (

    select * from {{ ref('int_cohort_members') }}

),

cohorts as (

    select
        cohort_month,
        count(*) as cohort_size,
        count(days_to_next_purchase) as second_order_count,
        {% for days in [30, 60, 90, 180, 365] %}
        count(*) filter (where days_to_next_purchase <= {{ days }})
            as count_within_{{ days }}_days,
        {% endfor %}
        median(days_to_next_purchase) as median_days,
        {{ days_between('max(joined_date)', as_of()) }} as days_of_all_members

    from members
    where cohort_type = 'first_order'
    group by cohort_month

),

time_to_second_order as (

    select
        cohort_month,
        cohort_size,
        second_order_count,
        {% for days in [30, 60, 90, 180, 365] %}
        case
            when days_of_all_members >= {{ days }}
                then
                    cast(count_within_{{ days }}_days as double)
                    / nullif(cohort_size, 0)
        end as share_within_{{ days }}_days,
        {% endfor %}
        cast(median_days as double) as median_days,
        {{ as_of() }} as as_of_date

    from cohorts

)

select * from time_to_second_order
