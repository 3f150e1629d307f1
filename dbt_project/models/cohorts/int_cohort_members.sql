with customers as (

    select * from {{ ref('dim_customers') }}

),

purchase_days as (

    select * from {{ ref('int_purchase_days') }}

),

joined_customers as (

    select
        customer_id,
        'first_order' as cohort_type,
        first_order_date as joined_date
    from customers
    where first_order_date is not null

    union all

    select
        customer_id,
        'registration' as cohort_type,
        registered_date as joined_date
    from customers
    where registered_date <= {{ as_of() }}

),

later_purchase_days as (

    select
        joined_customers.customer_id,
        joined_customers.cohort_type,
        purchase_days.gap_days,
        {{ days_between(
            'joined_customers.joined_date', 'purchase_days.purchase_date'
        ) }} as days_after_joining

    from joined_customers
    inner join purchase_days
        on joined_customers.customer_id = purchase_days.customer_id
    where purchase_days.purchase_date > joined_customers.joined_date

),

-- the first of them: the one before it, if any, lies no later than the day of joining
next_purchases as (

    select
        customer_id,
        cohort_type,
        days_after_joining

    from later_purchase_days
    where coalesce(gap_days >= days_after_joining, true)

),

members as (

    select
        joined_customers.customer_id,
        joined_customers.cohort_type,
        {{ first_of_month('joined_customers.joined_date') }} as cohort_month,
        joined_customers.joined_date,
        next_purchases.days_after_joining as days_to_next_purchase

    from joined_customers
    left join next_purchases
        on joined_customers.customer_id = next_purchases.customer_id
        and joined_customers.cohort_type = next_purchases.cohort_type

)

select * from members
