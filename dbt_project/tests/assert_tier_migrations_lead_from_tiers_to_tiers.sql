{{ config(meta={'dagster': {'ref': {'name': 'tier_migrations'}}}) }}

-- A row is a month's end at which the customers who came to a tier, or those who leave
-- it in the next month, are not as many as the history has in it; or tonight, and they
-- or their net sales are not what customer_tiers has.
with migrations as (

    select * from {{ ref('tier_migrations') }}

),

months as (

    select
        *,
        lead(month) over (order by month) as next_month
    from {{ ref('int_history_months') }}

),

tier_periods as (

    select
        segment,
        valid_from,
        coalesce(valid_to, date '9999-12-31') as valid_to,
        count(*) as customer_count

    from {{ ref('customer_segment_history') }}
    where segment_type = 'value_tier'
    group by segment, valid_from, coalesce(valid_to, date '9999-12-31')

),

history_counts as (

    select
        months.month,
        months.next_month,
        tier_periods.segment,
        sum(tier_periods.customer_count) as customer_count

    from months
    inner join tier_periods
        on months.month_end >= tier_periods.valid_from
        and months.month_end < tier_periods.valid_to
    group by months.month, months.next_month, tier_periods.segment

),

arrived as (

    select
        month,
        to_tier as segment,
        sum(customer_count) as customer_count,
        sum(net_sales) as net_sales

    from migrations
    group by month, to_tier

),

left_behind as (

    select
        month,
        from_tier as segment,
        sum(customer_count) as customer_count

    from migrations
    where from_tier <> 'none'
    group by month, from_tier

),

tonights as (

    select
        value_tier as segment,
        count(*) as customer_count,
        sum(net_sales_12m) as net_sales

    from {{ ref('customer_tiers') }}
    group by value_tier

),

compared as (

    select
        history_counts.month,
        history_counts.next_month,
        coalesce(history_counts.segment, arrived.segment) as segment,
        history_counts.customer_count,
        arrived.customer_count as arrived_count,
        arrived.net_sales

    from history_counts
    full join arrived
        on history_counts.month = arrived.month
        and history_counts.segment = arrived.segment

)

select
    compared.*,
    left_behind.customer_count as left_behind_count,
    tonights.customer_count as tonights_count,
    tonights.net_sales as tonights_net_sales

from compared
left join left_behind
    on compared.next_month = left_behind.month
    and compared.segment = left_behind.segment
left join tonights on compared.segment = tonights.segment
where compared.customer_count is null
    or compared.arrived_count is null
    or compared.customer_count <> compared.arrived_count
    or (
        compared.next_month is not null
        and compared.customer_count <> coalesce(left_behind.customer_count, 0)
    )
    or (
        compared.next_month is null
        and (
            compared.customer_count <> coalesce(tonights.customer_count, 0)
            or compared.net_sales <> coalesce(tonights.net_sales, 0)
        )
    )
