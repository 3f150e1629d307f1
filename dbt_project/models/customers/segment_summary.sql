with customers as (

    select * from {{ ref('customer_360') }}

),

customer_values as (

    select * from {{ ref('customer_value') }}

),

churn as (

    select * from {{ ref('customer_churn') }}

),

divisions as (

    select 'all' as segment_type
    union all
    select 'value_tier' as segment_type
    union all
    select 'customer_class' as segment_type
    union all
    select 'activity' as segment_type
    union all
    select 'lifecycle_stage' as segment_type
    union all
    select 'rfm_group' as segment_type
    union all
    select 'channel' as segment_type
    union all
    select 'churn_band' as segment_type
    union all
    select 'churn_method' as segment_type
    union all
    select 'value_method' as segment_type

),

members as (

    select
        divisions.segment_type,
        customers.as_of_date,
        customers.net_sales,
        customers.net_sales_12m,
        customers.predicted_value,
        cast(customers.expected_orders as decimal(18, 6)) as expected_orders,
        cast(customers.probability_no_purchase as decimal(18, 6))
            as probability_no_purchase,
        cast(customers.churn_probability as decimal(18, 6)) as churn_probability,
        case divisions.segment_type
            when 'all' then 'all'
            when 'value_tier' then customers.value_tier
            when 'customer_class' then customers.customer_class
            when 'activity' then customers.activity
            when 'lifecycle_stage' then customers.lifecycle_stage
            when 'rfm_group' then customers.rfm_group
            when 'channel' then customers.channel
            when 'churn_band' then customers.churn_band
            when 'churn_method' then coalesce(churn.method, 'none')
            when 'value_method' then coalesce(customer_values.method, 'none')
        end as segment

    from customers
    left join customer_values on customers.customer_id = customer_values.customer_id
    left join churn on customers.customer_id = churn.customer_id
    cross join divisions

),

segments as (

    select
        segment_type,
        segment,
        as_of_date,
        count(*) as customer_count,
        sum(net_sales) as net_sales,
        sum(net_sales_12m) as net_sales_12m,
        sum(predicted_value) as predicted_value,
        sum(expected_orders) as expected_orders,
        sum(probability_no_purchase) as probability_no_purchase,
        count(probability_no_purchase) as customers_with_value,
        sum(churn_probability) as churn_probability,
        count(churn_probability) as customers_with_churn

    from members
    group by segment_type, segment, as_of_date

),

wholes as (

    select
        segment_type,
        sum(customer_count) as customer_count,
        sum(net_sales) as net_sales,
        sum(net_sales_12m) as net_sales_12m

    from segments
    group by segment_type

),

segment_summary as (

    select
        segments.segment_type,
        segments.segment,
        segments.as_of_date,
        segments.customer_count,
        cast(segments.customer_count as double)
        / nullif(wholes.customer_count, 0) as customer_share,
        cast(segments.net_sales as decimal(18, 2)) as net_sales,
        cast(segments.net_sales as double) / nullif(wholes.net_sales, 0)
            as sales_share,
        cast(segments.net_sales_12m as decimal(18, 2)) as net_sales_12m,
        cast(segments.net_sales_12m as double) / nullif(wholes.net_sales_12m, 0)
            as sales_share_12m,
        {{ money('segments.net_sales_12m / nullif(segments.customer_count, 0)') }}
            as average_net_sales_12m,
        cast(segments.predicted_value as decimal(18, 2)) as predicted_value,
        cast(segments.expected_orders as double) as expected_orders,
        -- by exact sums: Spark's average of decimals is a rounded decimal itself
        cast(segments.probability_no_purchase as double)
        / nullif(segments.customers_with_value, 0) as average_probability_no_purchase,
        cast(segments.churn_probability as double)
        / nullif(segments.customers_with_churn, 0) as average_churn_probability

    from segments
    inner join wholes on segments.segment_type = wholes.segment_type

)

select * from segment_summary
