with cart_touches as (

    select * from {{ ref('int_cart_touches') }}

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

products as (

    select * from {{ ref('dim_products') }}

),

orders as (

    select * from {{ ref('fct_orders') }}
    where customer_id is not null and status <> 'credit_note'

),

-- of a visit over midnight the log-in may be on the other day
known_touches as (

    select
        cart_touches.event_id,
        cart_touches.visitor_key,
        cart_touches.anonymous_id,
        cart_touches.product_id,
        cart_touches.occurred_at,
        cart_touches.item_change,
        coalesce(cart_touches.account_key, midnight_visits.account_key) as account_key

    from cart_touches
    left join midnight_visits
        on cart_touches.visit_day_id = midnight_visits.visit_day_id

),

owned_touches as (

    select
        coalesce(
            customer_accounts.customer_id,
            device_owners.customer_id,
            'account ' || known_touches.account_key,
            'device ' || known_touches.anonymous_id,
            'visit ' || known_touches.visitor_key
        ) as cart_owner,
        coalesce(customer_accounts.customer_id, device_owners.customer_id)
            as customer_id,
        known_touches.event_id as step_id,
        known_touches.occurred_at,
        false as is_order,
        known_touches.item_change,
        cast(
            known_touches.item_change * coalesce(products.list_price, 0)
            as decimal(18, 2)
        ) as amount_change

    from known_touches
    left join customer_accounts
        on known_touches.account_key = customer_accounts.account_key
    left join device_owners
        on case
            when known_touches.account_key is null then known_touches.anonymous_id
        end = device_owners.anonymous_id
    left join products on known_touches.product_id = products.product_id

),

cart_customers as (

    select customer_id from owned_touches
    where customer_id is not null
    group by customer_id

),

customer_orders as (

    select
        orders.customer_id as cart_owner,
        orders.customer_id,
        orders.order_id as step_id,
        orders.ordered_at as occurred_at,
        true as is_order,
        cast(0 as bigint) as item_change,
        cast(0 as decimal(18, 2)) as amount_change

    from orders
    inner join cart_customers on orders.customer_id = cart_customers.customer_id

),

steps as (

    select * from owned_touches
    union all
    select * from customer_orders

),

followed_steps as (

    select
        *,
        lag(occurred_at) over (
            partition by cart_owner order by occurred_at, is_order, step_id
        ) as previous_at,
        lag(is_order) over (
            partition by cart_owner order by occurred_at, is_order, step_id
        ) as is_after_order

    from steps

),

-- a touch soon after a touch is of the same cart, an order soon after it pays it
joined_steps as (

    select
        *,
        coalesce(
            not is_after_order
            and occurred_at <= previous_at + {{ cart_lifetime() }},
            false
        ) as is_joined

    from followed_steps

),

numbered_steps as (

    select
        *,
        sum(case when is_joined or is_order then 0 else 1 end) over (
            partition by cart_owner order by occurred_at, is_order, step_id
            rows between unbounded preceding and current row
        ) as stretch

    from joined_steps

),

stretches as (

    select
        cart_owner,
        stretch,
        max(customer_id) as customer_id,
        min(case when item_change > 0 then step_id end) as first_add_id,
        min(case when item_change > 0 then occurred_at end) as opened_at,
        max(case when not is_order then occurred_at end) as last_touched_at,
        cast(sum(item_change) as bigint) as item_count,
        cast(sum(amount_change) as decimal(18, 2)) as cart_amount,
        max(case when is_order then step_id end) as order_id,
        bool_or(item_change < 0) as has_removals

    from numbered_steps
    where is_joined or not is_order
    group by cart_owner, stretch

),

-- only where something was taken out it has to be counted what is left in between
stretches_with_removals as (

    select
        cart_owner,
        stretch
    from stretches
    where has_removals and opened_at is not null

),

filled_steps as (

    select
        numbered_steps.*,
        sum(numbered_steps.item_change) over (
            partition by numbered_steps.cart_owner, numbered_steps.stretch
            order by
                numbered_steps.occurred_at,
                numbered_steps.is_order,
                numbered_steps.step_id
            rows between unbounded preceding and current row
        ) as total_change

    from numbered_steps
    inner join stretches_with_removals
        on numbered_steps.cart_owner = stretches_with_removals.cart_owner
        and numbered_steps.stretch = stretches_with_removals.stretch
    where numbered_steps.is_joined or not numbered_steps.is_order

),

-- nothing can be taken out of an empty cart: what was, lifts all that follows
levelled_steps as (

    select
        *,
        total_change - least(
            min(total_change) over (
                partition by cart_owner, stretch order by occurred_at, is_order, step_id
                rows between unbounded preceding and current row
            ),
            0
        ) as item_level

    from filled_steps

),

restarted_steps as (

    select
        *,
        sum(case when item_change > 0 and item_level = 1 then 1 else 0 end) over (
            partition by cart_owner, stretch order by occurred_at, is_order, step_id
            rows between unbounded preceding and current row
        ) as cart_number

    from levelled_steps

),

emptied_carts as (

    select
        cart_owner,
        stretch,
        cart_number,
        min(occurred_at) as emptied_at

    from restarted_steps
    where item_level = 0 and cart_number > 0
    group by cart_owner, stretch, cart_number

),

carts_with_removals as (

    select
        restarted_steps.cart_owner,
        restarted_steps.stretch,
        restarted_steps.cart_number,
        max(restarted_steps.customer_id) as customer_id,
        min(case when restarted_steps.item_change > 0 then restarted_steps.step_id end)
            as first_add_id,
        min(restarted_steps.occurred_at) as opened_at,
        coalesce(
            max(emptied_carts.emptied_at),
            max(
                case
                    when not restarted_steps.is_order then restarted_steps.occurred_at
                end
            )
        ) as last_touched_at,
        cast(sum(restarted_steps.item_change) as bigint) as item_count,
        cast(sum(restarted_steps.amount_change) as decimal(18, 2)) as cart_amount,
        max(case when restarted_steps.is_order then restarted_steps.step_id end)
            as order_id,
        max(emptied_carts.emptied_at) as emptied_at

    from restarted_steps
    left join emptied_carts
        on restarted_steps.cart_owner = emptied_carts.cart_owner
        and restarted_steps.stretch = emptied_carts.stretch
        and restarted_steps.cart_number = emptied_carts.cart_number
    where restarted_steps.cart_number > 0
    group by
        restarted_steps.cart_owner,
        restarted_steps.stretch,
        restarted_steps.cart_number

),

carts as (

    select
        first_add_id,
        customer_id,
        opened_at,
        last_touched_at,
        item_count,
        greatest(cart_amount, 0) as cart_amount,
        order_id,
        cast(null as timestamp) as emptied_at

    from stretches
    where not has_removals and opened_at is not null

    union all

    select
        first_add_id,
        customer_id,
        opened_at,
        last_touched_at,
        case when emptied_at is null then item_count else 0 end as item_count,
        case when emptied_at is null then greatest(cart_amount, 0) else 0 end
            as cart_amount,
        case when emptied_at is null then order_id end as order_id,
        emptied_at

    from carts_with_removals

)

select * from carts
