with orders as (

    select
        *,
        {{ as_of() }} as as_of_date

    from {{ ref('fct_orders') }}

),

events as (

    select * from {{ ref('stg_events') }}

),

customer_accounts as (

    select * from {{ ref('int_customer_accounts') }}

),

order_days as (

    {{ order_days('orders') }}

),

event_days as (

    select
        customer_accounts.customer_id,
        events.event_date as activity_date,
        count(*) filter (where events.event_type = 'view') as view_count,
        count(*) filter (where events.event_type = 'search') as search_count,
        count(*) filter (where events.event_type = 'add_to_cart') as cart_count,
        count(*) filter (where events.event_type = 'checkout') as checkout_count,
        count(*) filter (where events.event_type = 'login') as login_count,
        count(*) as event_count,
        count(distinct events.session_id) as session_count

    from events
    inner join customer_accounts on events.account_key = customer_accounts.account_key
    group by customer_accounts.customer_id, events.event_date

),

customer_days as (

    select
        coalesce(order_days.customer_id, event_days.customer_id) as customer_id,
        coalesce(order_days.activity_date, event_days.activity_date) as activity_date,
        coalesce(order_days.order_count, 0) as order_count,
        coalesce(order_days.purchase_count, 0) as purchase_count,
        cast(coalesce(order_days.net_amount, 0) as decimal(18, 2)) as net_amount,
        cast(coalesce(order_days.discount_amount, 0) as decimal(18, 2))
            as discount_amount,
        cast(coalesce(order_days.refunded_amount, 0) as decimal(18, 2))
            as refunded_amount,
        coalesce(event_days.view_count, 0) as view_count,
        coalesce(event_days.search_count, 0) as search_count,
        coalesce(event_days.cart_count, 0) as cart_count,
        coalesce(event_days.checkout_count, 0) as checkout_count,
        coalesce(event_days.login_count, 0) as login_count,
        coalesce(event_days.event_count, 0) as event_count,
        coalesce(event_days.session_count, 0) as session_count

    from order_days
    full join event_days
        on order_days.customer_id = event_days.customer_id
        and order_days.activity_date = event_days.activity_date

)

select * from customer_days
