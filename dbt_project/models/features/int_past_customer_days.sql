-- the one intermediate table that reads a mart: it is that mart, as it was known before
with customer_days as (

    select * from {{ ref('fct_customer_days') }}

),

past_customers as (

    select * from {{ ref('int_past_customers') }}

),

past_orders as (

    select * from {{ ref('int_past_orders') }}

),

-- the same orders as they are known today
todays_orders as (

    select
        past_orders.as_of_date,
        orders.customer_id,
        orders.order_date,
        orders.status,
        orders.is_purchase,
        orders.total_amount,
        orders.discount_amount,
        orders.refunded_amount,
        orders.net_amount

    from {{ ref('int_orders') }} as orders
    inner join past_orders on orders.order_id = past_orders.order_id

),

past_days as (

    {{ order_days('past_orders') }}

),

todays_days as (

    {{ order_days('todays_orders') }}

),

differences as (

    select
        coalesce(past_days.as_of_date, todays_days.as_of_date) as as_of_date,
        coalesce(past_days.customer_id, todays_days.customer_id) as customer_id,
        coalesce(past_days.activity_date, todays_days.activity_date) as activity_date,
        coalesce(past_days.order_count, 0) - coalesce(todays_days.order_count, 0)
            as order_count,
        coalesce(past_days.purchase_count, 0) - coalesce(todays_days.purchase_count, 0)
            as purchase_count,
        coalesce(past_days.net_amount, 0) - coalesce(todays_days.net_amount, 0)
            as net_amount,
        coalesce(past_days.discount_amount, 0)
        - coalesce(todays_days.discount_amount, 0) as discount_amount,
        coalesce(past_days.refunded_amount, 0)
        - coalesce(todays_days.refunded_amount, 0) as refunded_amount

    from past_days
    full join todays_days
        on past_days.as_of_date = todays_days.as_of_date
        and past_days.customer_id = todays_days.customer_id
        and past_days.activity_date = todays_days.activity_date

),

changed_days as (

    select differences.*
    from differences
    inner join past_customers on differences.customer_id = past_customers.customer_id
    where differences.activity_date <= differences.as_of_date
        and (
            differences.order_count <> 0
            or differences.purchase_count <> 0
            or differences.net_amount <> 0
            or differences.discount_amount <> 0
            or differences.refunded_amount <> 0
        )

),

changed_customers as (

    select
        as_of_date,
        customer_id

    from changed_days
    group by as_of_date, customer_id

),

-- all days of these customers up to the date, as they are known today, and the changes
days_and_changes as (

    select
        changed_customers.as_of_date,
        customer_days.customer_id,
        customer_days.activity_date,
        customer_days.order_count,
        customer_days.purchase_count,
        customer_days.net_amount,
        customer_days.discount_amount,
        customer_days.refunded_amount,
        customer_days.view_count,
        customer_days.cart_count,
        customer_days.login_count,
        customer_days.event_count,
        customer_days.session_count

    from customer_days
    inner join changed_customers
        on customer_days.customer_id = changed_customers.customer_id
        and customer_days.activity_date <= changed_customers.as_of_date

    union all

    select
        as_of_date,
        customer_id,
        activity_date,
        order_count,
        purchase_count,
        net_amount,
        discount_amount,
        refunded_amount,
        0 as view_count,
        0 as cart_count,
        0 as login_count,
        0 as event_count,
        0 as session_count

    from changed_days

),

past_customer_days as (

    select
        as_of_date,
        customer_id,
        activity_date,
        cast(sum(order_count) as bigint) as order_count,
        cast(sum(purchase_count) as bigint) as purchase_count,
        cast(sum(net_amount) as decimal(18, 2)) as net_amount,
        cast(sum(discount_amount) as decimal(18, 2)) as discount_amount,
        cast(sum(refunded_amount) as decimal(18, 2)) as refunded_amount,
        cast(sum(view_count) as bigint) as view_count,
        cast(sum(cart_count) as bigint) as cart_count,
        cast(sum(login_count) as bigint) as login_count,
        cast(sum(event_count) as bigint) as event_count,
        cast(sum(session_count) as bigint) as session_count

    from days_and_changes
    group by as_of_date, customer_id, activity_date

),

dated_days as (

    select
        *,
        min(case when purchase_count > 0 then activity_date end) over (
            partition by as_of_date, customer_id
        ) as first_order_date

    from past_customer_days

)

select * from dated_days
