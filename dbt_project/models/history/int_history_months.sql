with customers as (

    select * from {{ ref('dim_customers') }}

),

history_span as (

    select
        {{ first_of_month("coalesce(min(customer_since), " ~ as_of() ~ ")") }}
            as first_date,
        {{ as_of() }} as last_date

    from customers

),

days as (

    select {{ each_day('first_date', 'last_date') }} as calendar_date
    from history_span

),

history_months as (

    select
        calendar_date as month,
        least({{ last_of_month('calendar_date') }}, {{ as_of() }}) as month_end

    from days
    where day(calendar_date) = 1

)

select * from history_months
