{{ config(meta={'dagster': {'ref': {'name': 'lifecycle_transitions'}}}) }}

-- A row is a stage whose customers are not all told of in the next month, or a month
-- whose end has other customers in a stage than the next month begins with.
with transitions as (

    select * from {{ ref('lifecycle_transitions') }}

),

departures as (

    select
        month,
        from_stage as stage,
        sum(customer_count) as customer_count,
        sum(rate) as rate_sum

    from transitions
    group by month, from_stage

),

arrivals as (

    select
        {{ months_after(1, 'month') }} as next_month,
        to_stage as stage,
        sum(customer_count) as customer_count

    from transitions
    group by {{ months_after(1, 'month') }}, to_stage

),

tonights_month as (

    select max(month) as month from transitions

)

select
    coalesce(departures.month, arrivals.next_month) as month,
    coalesce(departures.stage, arrivals.stage) as stage,
    departures.customer_count,
    departures.rate_sum,
    arrivals.customer_count as customer_count_before

from departures
full join arrivals
    on departures.month = arrivals.next_month
    and departures.stage = arrivals.stage
cross join tonights_month
where abs(departures.rate_sum - 1) > 0.000001
    or (
        coalesce(departures.stage, arrivals.stage) <> 'none'
        and coalesce(departures.month, arrivals.next_month) <= tonights_month.month
        and coalesce(departures.customer_count, 0)
        <> coalesce(arrivals.customer_count, 0)
    )
