{{ config(**kept('customer_id, activity_date', 'touched_customer_days')) }}

with orders as (

    select
        *,
        {{ as_of() }} as as_of_date

    from {{ ref('fct_orders') }}
    {{ where_touched(
        "customer_id, order_date",
        ref("touched_customer_days"),
        "customer_id, activity_date",
    ) }}

),

session_days as (

    select * from {{ ref('int_session_days') }}

),

customer_accounts as (

    select * from {{ ref('int_customer_accounts') }}

),

order_days as (

    {{ order_days('orders') }}

),

account_days as (

    select
        customer_accounts.customer_id,
        session_days.event_date as activity_date,
        session_days.session_id,
        session_days.view_count,
        session_days.search_count,
        session_days.cart_count,
        session_days.checkout_count,
        session_days.login_count,
        session_days.event_count

    from session_days
    inner join customer_accounts
        on session_days.account_key = customer_accounts.account_key

),

event_days as (

    select
        customer_id,
        activity_date,
        cast(sum(view_count) as bigint) as view_count,
        cast(sum(search_count) as bigint) as search_count,
        cast(sum(cart_count) as bigint) as cart_count,
        cast(sum(checkout_count) as bigint) as checkout_count,
        cast(sum(login_count) as bigint) as login_count,
        cast(sum(event_count) as bigint) as event_count,
        count(distinct session_id) as session_count

    from account_days
    {{ where_touched("customer_id, activity_date", ref("touched_customer_days")) }}
    group by customer_id, activity_date

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
