with tiers as (

    select * from {{ ref('customer_tiers') }}

),

customers as (

    select
        count(*) as customer_count,
        sum(net_sales_12m) as net_sales

    from tiers

),

-- whom the shop owes more than it was paid stands in no order of spenders
payers as (

    select
        net_sales_12m,
        row_number() over (order by net_sales_12m) as place,
        count(*) over () as payer_count

    from tiers
    where net_sales_12m > 0

),

-- (2 sum(i x) - (n + 1) sum(x)) / (n sum(x)), added up exactly
inequality as (

    select
        count(*) as payer_count,
        sum(net_sales_12m) as net_sales,
        cast(
            sum(
                {{ wide('2 * place - payer_count - 1', 0) }} * net_sales_12m
            ) as double
        )
        / nullif(count(*) * cast(sum(net_sales_12m) as double), 0) as gini

    from payers

),

tier_sums as (

    select
        'tier' as scope,
        value_tier as segment,
        count(*) as customer_count,
        sum(net_sales_12m) as net_sales

    from tiers
    group by value_tier

),

percentiles as (

    select
        net_sales_12m,
        cast(
            1 + floor(100 * (place - 1) / nullif(payer_count, 0)) as bigint
        ) as percentile

    from payers

),

percentile_sums as (

    select
        'percentile' as scope,
        case when percentile < 10 then 'p0' else 'p' end
        || cast(percentile as string) as segment,
        count(*) as customer_count,
        sum(net_sales_12m) as net_sales

    from percentiles
    group by percentile

),

top_shares as (

    select 1 as top_percent
    union all
    select 5 as top_percent
    union all
    select 10 as top_percent
    union all
    select 20 as top_percent

),

top_sums as (

    select
        'top_share' as scope,
        'top_' || cast(top_shares.top_percent as string) as segment,
        count(*) as customer_count,
        sum(payers.net_sales_12m) as net_sales

    from payers
    cross join top_shares
    where (payers.payer_count - payers.place) * 100
        < payers.payer_count * top_shares.top_percent
    group by top_shares.top_percent

),

segments as (

    select
        tier_sums.*,
        customers.customer_count as all_count,
        customers.net_sales as all_net_sales

    from tier_sums
    cross join customers

    union all

    select
        percentile_sums.*,
        inequality.payer_count as all_count,
        inequality.net_sales as all_net_sales

    from percentile_sums
    cross join inequality

    union all

    select
        top_sums.*,
        inequality.payer_count as all_count,
        inequality.net_sales as all_net_sales

    from top_sums
    cross join inequality

),

sales_concentration as (

    select
        segments.scope,
        segments.segment,
        segments.customer_count,
        cast(segments.customer_count as double) / nullif(segments.all_count, 0)
            as customer_share,
        cast(segments.net_sales as decimal(18, 2)) as net_sales,
        cast(segments.net_sales as double) / nullif(segments.all_net_sales, 0)
            as sales_share,
        inequality.gini,
        {{ as_of() }} as as_of_date

    from segments
    cross join inequality

)

select * from sales_concentration
