{{ config(meta={'dagster': {'ref': {'name': 'rfm_migrations'}}}) }}

-- A row is a move that is none, or whose customers are not just those who moved by what
-- they did and those whom the thresholds moved.
select
    month,
    from_group,
    to_group,
    customer_count,
    behaviour_count,
    threshold_count

from {{ ref('rfm_migrations') }}
where customer_count <> behaviour_count + threshold_count
    or customer_count < 1
    or from_group = to_group
