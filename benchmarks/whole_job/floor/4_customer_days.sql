-- What each customer did on each day.

create table marts.fct_customer_days as
with order_days as (
    select
        customer_id,
        order_date as activity_date,
        count(*) filter (where status <> 'credit_note') as order_count,
        count(*) filter (where is_purchase) as purchase_count,
        sum(net_amount) as net_amount,
        sum(case when is_purchase then discount_amount else 0 end) as discount_amount,
        sum(case when status = 'credit_note' then -total_amount else refunded_amount end) as refunded_amount
    from marts.fct_orders
    where customer_id is not null
    group by customer_id, order_date
),
event_days as (
    select
        customer_accounts.customer_id,
        events.event_date as activity_date,
        count(*) filter (where events.type = 'view') as view_count,
        count(*) filter (where events.type = 'search') as search_count,
        count(*) filter (where events.type = 'add_to_cart') as cart_count,
        count(*) filter (where events.type = 'checkout') as checkout_count,
        count(*) filter (where events.type = 'login') as login_count,
        count(*) as event_count,
        count(distinct events.session_id) as session_count
    from events
    inner join customer_accounts on events.account_id = customer_accounts.account_key
    group by customer_accounts.customer_id, events.event_date
)
select
    customer_id,
    activity_date,
    coalesce(order_days.order_count, 0) as order_count,
    coalesce(order_days.purchase_count, 0) as purchase_count,
    cast(coalesce(order_days.net_amount, 0) as decimal(18, 2)) as net_amount,
    cast(coalesce(order_days.discount_amount, 0) as decimal(18, 2)) as discount_amount,
    cast(coalesce(order_days.refunded_amount, 0) as decimal(18, 2)) as refunded_amount,
    coalesce(event_days.view_count, 0) as view_count,
    coalesce(event_days.search_count, 0) as search_count,
    coalesce(event_days.cart_count, 0) as cart_count,
    coalesce(event_days.checkout_count, 0) as checkout_count,
    coalesce(event_days.login_count, 0) as login_count,
    coalesce(event_days.event_count, 0) as event_count,
    coalesce(event_days.session_count, 0) as session_count
from order_days
full join event_days using (customer_id, activity_date);
