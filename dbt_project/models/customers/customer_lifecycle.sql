with customers as (

    select * from {{ ref('dim_customers') }}

),

lifecycle_periods as (

    select * from {{ ref('int_lifecycle_periods') }}

),

last_purchase_days as (

    select
        *,
        {{ days_between('purchase_date', as_of()) }} as days_since_last_order
    from {{ ref('int_purchase_rhythms') }}
    where next_purchase_date is null

),

tonights_stages as (

    select
        customer_id,
        max_by(segment, valid_from) as lifecycle_stage,
        max(valid_from) as stage_since

    from lifecycle_periods
    where valid_from <= {{ as_of() }}
    group by customer_id

),

customer_lifecycle as (

    select
        customers.customer_id,
        {{ as_of() }} as as_of_date,
        tonights_stages.lifecycle_stage,
        tonights_stages.stage_since,
        last_purchase_days.median_gap_days,
        coalesce(last_purchase_days.expected_gap_source, 'none')
            as expected_gap_source,
        last_purchase_days.late_after_days,
        last_purchase_days.lost_after_days,
        last_purchase_days.days_since_last_order,
        greatest(
            last_purchase_days.days_since_last_order
            - last_purchase_days.late_after_days,
            0
        ) as days_overdue,
        coalesce(last_purchase_days.purchase_day_number, 0) as purchase_day_count

    from customers
    left join tonights_stages on customers.customer_id = tonights_stages.customer_id
    left join last_purchase_days
        on customers.customer_id = last_purchase_days.customer_id

)

select * from customer_lifecycle
