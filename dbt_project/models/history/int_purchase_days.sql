with purchase_days as (

    select
        customer_id,
        activity_date as purchase_date

    from {{ ref('fct_customer_days') }}
    where purchase_count > 0

),

numbered_days as (

    select
        customer_id,
        purchase_date,
        row_number() over (
            partition by customer_id order by purchase_date
        ) as purchase_day_number,
        min(purchase_date) over (
            partition by customer_id order by purchase_date
            rows between unbounded preceding and current row
        ) as first_purchase_date,
        lag(purchase_date) over (
            partition by customer_id order by purchase_date
        ) as previous_purchase_date,
        lead(purchase_date) over (
            partition by customer_id order by purchase_date
        ) as next_purchase_date

    from purchase_days

),

gaps as (

    select
        *,
        {{ days_between('previous_purchase_date', 'purchase_date') }} as gap_days
    from numbered_days

),

purchase_gaps as (

    select
        customer_id,
        purchase_date,
        cast(purchase_day_number as bigint) as purchase_day_number,
        first_purchase_date,
        next_purchase_date,
        gap_days,
        {{ running_median('gap_days', 'customer_id', 'purchase_date') }}
            as median_gap_days,
        cast(
            sum(gap_days * gap_days) over (
                partition by customer_id order by purchase_date
                rows between unbounded preceding and current row
            ) as bigint
        ) as gap_square_sum

    from gaps

)

select * from purchase_gaps
