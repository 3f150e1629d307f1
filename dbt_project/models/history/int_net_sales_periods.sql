with customer_days as (

    select * from {{ ref('fct_customer_days') }}
    where net_amount <> 0

),

customers as (

    select * from {{ ref('dim_customers') }}

),

-- net sales count from their day on, until they fall out of the twelve months
changes as (

    select
        customer_id,
        customer_since as changed_on,
        0 as net_change
    from customers

    union all

    select
        customer_id,
        activity_date as changed_on,
        net_amount as net_change
    from customer_days

    union all

    select
        customer_id,
        {{ day_after_tier_year('activity_date') }} as changed_on,
        -net_amount as net_change
    from customer_days

),

changes_by_day as (

    select
        customer_id,
        changed_on,
        sum(net_change) as net_change

    from changes
    group by customer_id, changed_on

),

net_sales_periods as (

    select
        customer_id,
        changed_on as valid_from,
        lead(changed_on) over (
            partition by customer_id order by changed_on
        ) as valid_to,
        cast(
            sum(net_change) over (
                partition by customer_id order by changed_on
                rows between unbounded preceding and current row
            ) as decimal(18, 2)
        ) as net_sales_12m

    from changes_by_day

)

select * from net_sales_periods
