{{ config(meta={'dagster': {'ref': {'name': 'lifecycle_transitions'}}}) }}

-- A row is a stage of a month whose rates do not add up to one, or in which the month
-- begins with other customers than the one before has ended with.
with transitions as (

    select * from {{ ref('lifecycle_transitions') }}

),

departures as (

    select
        month,
        from_stage as life_stage,
        sum(customer_count) as customer_count,
        sum(rate) as rate_sum

    from transitions
    group by month, from_stage

),

arrivals as (

    select
        {{ months_after(1, 'month') }} as next_month,
        to_stage as life_stage,
        sum(customer_count) as customer_count

    from transitions
    group by {{ months_after(1, 'month') }}, to_stage

),

tonights_month as (

    select max(month) as month from transitions

)

select
    coalesce(departures.month, arrivals.next_month) as month,
    coalesce(departures.life_stage, arrivals.life_stage) as life_stage,
    departures.customer_count,
    departures.rate_sum,
    arrivals.customer_count as customer_count_before

from departures
full join arrivals
    on departures.month = arrivals.next_month
    and departures.life_stage = arrivals.life_stage
cross join tonights_month
where abs(departures.rate_sum - 1) > 0.000001
    or (
        coalesce(departures.life_stage, arrivals.life_stage) <> 'none'
        and coalesce(departures.month, arrivals.next_month) <= tonights_month.month
        and coalesce(departures.customer_count, 0)
        <> coalesce(arrivals.customer_count, 0)
    )
