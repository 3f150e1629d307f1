with visit_days as (

    select * from {{ ref('int_visit_days') }}

),

midnight_visits as (

    select * from {{ ref('int_midnight_visits') }}

),

customer_accounts as (

    select * from {{ ref('int_customer_accounts') }}

),

device_owners as (

    select * from {{ ref('int_device_owners') }}

),

orders as (

    select * from {{ ref('fct_orders') }}
    where customer_id is not null and status <> 'credit_note'

),

placed_days as (

    select
        visit_days.*,
        midnight_visits.session_id

    from visit_days
    left join midnight_visits on visit_days.visit_day_id = midnight_visits.visit_day_id

),

-- most visits are of one day and are taken as they are
visits as (

    select
        visit_day_id as session_id,
        account_key,
        anonymous_id,
        event_date as session_date,
        started_at,
        ended_at,
        device,
        channel,
        view_count,
        search_count,
        cart_count,
        checkout_count,
        login_count,
        purchase_count,
        event_count,
        logged_in_event_count

    from placed_days
    where session_id is null

    union all

    select
        session_id,
        max(account_key) as account_key,
        min(anonymous_id) as anonymous_id,
        min(event_date) as session_date,
        min(started_at) as started_at,
        max(ended_at) as ended_at,
        min(device) as device,
        min_by(channel, started_at) as channel,
        cast(sum(view_count) as bigint) as view_count,
        cast(sum(search_count) as bigint) as search_count,
        cast(sum(cart_count) as bigint) as cart_count,
        cast(sum(checkout_count) as bigint) as checkout_count,
        cast(sum(login_count) as bigint) as login_count,
        cast(sum(purchase_count) as bigint) as purchase_count,
        cast(sum(event_count) as bigint) as event_count,
        cast(sum(logged_in_event_count) as bigint) as logged_in_event_count

    from placed_days
    where session_id is not null
    group by session_id

),

-- a visit without a log-in is that of the person whose device it is
owned_visits as (

    select
        visits.*,
        coalesce(customer_accounts.customer_id, device_owners.customer_id)
            as customer_id

    from visits
    left join customer_accounts on visits.account_key = customer_accounts.account_key
    left join device_owners
        on case
            when visits.account_key is null then visits.anonymous_id
        end = device_owners.anonymous_id

),

later_days as (

    select
        placed_days.event_date,
        owned_visits.session_id,
        owned_visits.customer_id,
        owned_visits.started_at,
        owned_visits.ended_at,
        owned_visits.purchase_count

    from placed_days
    inner join owned_visits on placed_days.session_id = owned_visits.session_id
    where placed_days.event_date > owned_visits.session_date
        and owned_visits.customer_id is not null

),

days_of_visits as (

    select
        session_date as event_date,
        session_id,
        customer_id,
        started_at,
        ended_at,
        purchase_count

    from owned_visits
    where customer_id is not null

    union all

    select
        event_date,
        session_id,
        customer_id,
        started_at,
        ended_at,
        purchase_count

    from later_days

),

-- an order that is placed after midnight may be of a visit of the day before
days_of_orders as (

    select
        order_id,
        customer_id,
        ordered_at,
        order_date

    from orders

    union all

    select
        order_id,
        customer_id,
        ordered_at,
        {{ business_date('ordered_at - ' ~ visit_gap()) }} as order_date

    from orders
    where {{ business_date('ordered_at - ' ~ visit_gap()) }} < order_date

),

-- of several visits it is that in which the log knows of a purchase, then the latest
ordering_visits as (

    select
        days_of_orders.order_id,
        max_by(
            days_of_visits.session_id,
            (
                least(days_of_visits.purchase_count, 1),
                days_of_visits.started_at,
                days_of_visits.session_id
            )
        ) as session_id

    from days_of_orders
    inner join days_of_visits
        on days_of_orders.customer_id = days_of_visits.customer_id
        and days_of_orders.order_date = days_of_visits.event_date
        and days_of_orders.ordered_at >= days_of_visits.started_at
        and days_of_orders.ordered_at <= days_of_visits.ended_at + {{ visit_gap() }}
    group by days_of_orders.order_id

),

order_counts as (

    select
        session_id,
        count(*) as order_count

    from ordering_visits
    group by session_id

),

sessions as (

    select
        owned_visits.session_id,
        owned_visits.customer_id,
        owned_visits.session_date,
        owned_visits.started_at,
        owned_visits.ended_at,
        coalesce(owned_visits.device, 'unknown') as device,
        owned_visits.channel,
        owned_visits.view_count,
        owned_visits.search_count,
        owned_visits.cart_count,
        owned_visits.checkout_count,
        owned_visits.login_count,
        case
            -- several purchases of a visit in the log may be of one order
            when owned_visits.customer_id is null
                then least(owned_visits.purchase_count, 1)
            else coalesce(order_counts.order_count, 0)
        end as order_count,
        owned_visits.event_count,
        owned_visits.logged_in_event_count

    from owned_visits
    left join order_counts on owned_visits.session_id = order_counts.session_id

)

select * from sessions
