with orders as (

    select * from {{ ref('fct_orders') }}

),

monthly_orders as (

    select
        customer_id,
        {{ month_number('order_date') }} as month_number,
        count(*) filter (where is_purchase) as order_count,
        sum(net_amount) as net_sales,
        max(case when is_purchase then order_date end) as last_order_date

    from orders
    where customer_id is not null and is_paid
    group by customer_id, {{ month_number('order_date') }}

),

months_to_date as (

    select
        customer_id,
        month_number,
        order_count as order_count_of_month,
        net_sales as net_sales_of_month,
        lead(month_number) over (partition by customer_id order by month_number)
            as next_month_number,
        sum(order_count) over (
            partition by customer_id order by month_number
            rows between unbounded preceding and current row
        ) as order_count,
        sum(net_sales) over (
            partition by customer_id order by month_number
            rows between unbounded preceding and current row
        ) as net_sales,
        max(last_order_date) over (
            partition by customer_id order by month_number
            rows between unbounded preceding and current row
        ) as last_order_date,
        max(last_order_date) over (
            partition by customer_id order by month_number
            rows between unbounded preceding and 1 preceding
        ) as previous_last_order_date

    from monthly_orders

),

rfm_months as (

    select
        customer_id,
        month_number as first_month_number,
        coalesce(next_month_number - 1, {{ month_number(as_of()) }})
            as last_month_number,
        cast(order_count as bigint) as order_count,
        cast(net_sales as decimal(18, 2)) as net_sales,
        last_order_date,
        cast(order_count - order_count_of_month as bigint) as previous_order_count,
        cast(net_sales - net_sales_of_month as decimal(18, 2)) as previous_net_sales,
        previous_last_order_date

    from months_to_date

)

select * from rfm_months
