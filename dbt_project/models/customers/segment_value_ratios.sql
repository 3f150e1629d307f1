with customers as (

    select * from {{ ref('dim_customers') }}

),

tiers as (

    select * from {{ ref('customer_tiers') }}

),

rfm as (

    select * from {{ ref('customer_rfm') }}

),

buyers as (

    select
        customers.order_count,
        customers.net_sales,
        tiers.value_tier,
        rfm.rfm_group,
        customers.channel

    from customers
    left join tiers on customers.customer_id = tiers.customer_id
    left join rfm on customers.customer_id = rfm.customer_id
    where customers.order_count > 0

),

memberships as (

    select
        'all' as segment_type,
        'all' as segment,
        order_count,
        net_sales

    from buyers

    union all

    select
        'value_tier' as segment_type,
        value_tier as segment,
        order_count,
        net_sales

    from buyers

    union all

    select
        'rfm_group' as segment_type,
        rfm_group as segment,
        order_count,
        net_sales

    from buyers

    union all

    select
        'channel' as segment_type,
        channel as segment,
        order_count,
        net_sales

    from buyers

),

segments as (

    select
        segment_type,
        segment,
        count(*) as customer_count,
        cast(sum(order_count) as bigint) as order_count,
        cast(sum(order_count - 1) as bigint) as repeat_order_count,
        cast(sum(net_sales) as decimal(18, 2)) as net_sales

    from memberships
    group by segment_type, segment

),

segment_value_ratios as (

    select
        segment_type,
        segment,
        {{ as_of() }} as as_of_date,
        customer_count,
        order_count,
        repeat_order_count,
        net_sales,
        {{ money('net_sales / nullif(order_count, 0)') }} as average_order_value,
        {{ money(
            'net_sales / nullif(order_count, 0)'
            ~ ' * repeat_order_count / nullif(customer_count, 0)'
        ) }} as value_ratio

    from segments

)

select * from segment_value_ratios
