{{ config(meta={'dagster': {'ref': {'name': 'sales_concentration'}}}) }}

-- A row is a difference: tiers must add up to all customers and their net sales of the
-- twelve months, percentiles to those of customers with positive ones.
with customers as (

    select
        'tier' as scope,
        count(*) as customer_count,
        coalesce(sum(net_sales_12m), 0) as net_sales

    from {{ ref('customer_tiers') }}

    union all

    select
        'percentile' as scope,
        count(*) as customer_count,
        coalesce(sum(net_sales_12m), 0) as net_sales

    from {{ ref('customer_tiers') }}
    where net_sales_12m > 0

),

concentration as (

    select
        scope,
        sum(customer_count) as customer_count,
        sum(net_sales) as net_sales

    from {{ ref('sales_concentration') }}
    where scope in ('tier', 'percentile')
    group by scope

)

select
    customers.scope,
    customers.customer_count,
    customers.net_sales,
    concentration.customer_count as customer_count_of_groups,
    concentration.net_sales as net_sales_of_groups

from customers
left join concentration on customers.scope = concentration.scope
where customers.customer_count <> coalesce(concentration.customer_count, 0)
    or customers.net_sales <> coalesce(concentration.net_sales, 0)
