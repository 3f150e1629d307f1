with orders as (

    select * from {{ ref('fct_orders') }}

),

events as (

    select * from {{ ref('stg_events') }}

),

first_event as (

    select min(occurred_at) as occurred_at from events

),

first_dates as (

    select min(order_date) as first_date from orders
    union all
    select {{ business_date('occurred_at') }} as first_date from first_event

),

-- a shop without an order or event has the calendar of its night
known_span as (

    select
        coalesce(min(first_date), {{ as_of() }}) as first_date,
        {{ as_of() }} as as_of_date

    from first_dates

),

calendar_span as (

    select
        {{ first_of_year('first_date') }} as first_date,
        {{ days_before(1, months_after(24, first_of_year('as_of_date'))) }} as last_date

    from known_span

)

select * from calendar_span
