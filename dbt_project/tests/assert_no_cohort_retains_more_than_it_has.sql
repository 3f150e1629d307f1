{{ config(meta={'dagster': {'ref': {'name': 'cohort_retention'}}}) }}

-- A row is a period in which more members bought than a cohort has, that is told before
-- it is over, or the month of a first order in which not everybody bought.
select
    cohort_type,
    cohort_month,
    period_type,
    period_number,
    cohort_size,
    retained_count,
    retention_rate,
    is_complete

from {{ ref('cohort_retention') }}
where retained_count > cohort_size
    or retained_count < 0
    or is_complete <> (retention_rate is not null)
    or (is_complete and period_end_date > as_of_date)
    or (
        cohort_type = 'first_order'
        and period_type = 'month'
        and period_number = 0
        and retained_count <> cohort_size
    )
