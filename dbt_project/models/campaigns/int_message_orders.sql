with message_events as (

    select * from {{ ref('stg_campaign_messages') }}

),

customer_accounts as (

    select * from {{ ref('int_customer_accounts') }}

),

purchases as (

    select
        order_id,
        customer_id,
        ordered_at,
        purchase_number

    from {{ ref('fct_orders') }}
    where purchase_number is not null

),

-- time is cut into stretches as long as a touch counts: a touch that a purchase may
-- follow lies in its stretch or in the one before, all others need not be put in order
stretches as (

    select
        customer_id,
        {{ attribution_stretch('ordered_at') }} as stretch

    from purchases

    union all

    select
        customer_id,
        {{ attribution_stretch('ordered_at') }} - 1 as stretch

    from purchases

),

account_stretches as (

    select
        customer_accounts.account_key,
        stretches.stretch

    from stretches
    inner join customer_accounts
        on stretches.customer_id = customer_accounts.customer_id

),

-- a message reaches a person when it is delivered, and again with every look at it
account_touches as (

    select
        account_key,
        message_id,
        occurred_at as touched_at,
        {{ attribution_stretch('occurred_at') }} as stretch

    from message_events
    where
        event_type in ('delivered', 'clicked')
        or (event_type = 'opened' and not is_machine_open)

),

touches as (

    select
        customer_accounts.customer_id,
        account_touches.message_id,
        account_touches.touched_at

    from account_touches
    inner join customer_accounts
        on account_touches.account_key = customer_accounts.account_key
    where
        (account_touches.account_key, account_touches.stretch) in (
            select
                account_stretches.account_key,
                account_stretches.stretch
            from account_stretches
        )

),

touches_and_purchases as (

    select
        customer_id,
        touched_at as happened_at,
        message_id,
        cast(null as bigint) as purchase_number

    from touches

    union all

    select
        purchases.customer_id,
        purchases.ordered_at as happened_at,
        cast(null as string) as message_id,
        purchases.purchase_number

    from purchases
    where purchases.customer_id in (select touches.customer_id from touches)

),

-- a purchase has the number of the last touch before it; of two at one instant the
-- greater message_id is the last, and a purchase at the instant of a touch follows it
numbered as (

    select
        *,
        count(message_id) over (
            partition by customer_id
            order by
                happened_at,
                case when message_id is null then 1 else 0 end,
                message_id
            rows between unbounded preceding and current row
        ) as touch_number

    from touches_and_purchases

),

-- what follows a touch before the next: the first purchase is the soonest
followed_touches as (

    select
        customer_id,
        max(message_id) as message_id,
        min(purchase_number) as purchase_number,
        max(case when message_id is not null then happened_at end) as touched_at,
        min(case when message_id is null then happened_at end) as ordered_at

    from numbered
    where touch_number > 0
    group by customer_id, touch_number

),

first_purchases as (

    select
        customer_id,
        message_id,
        min(purchase_number) as purchase_number

    from followed_touches
    where
        ordered_at
        <= touched_at + interval {{ var('campaign_attribution_days') }} day
    group by customer_id, message_id

),

message_orders as (

    select
        first_purchases.message_id,
        purchases.order_id

    from first_purchases
    inner join purchases
        on first_purchases.customer_id = purchases.customer_id
        and first_purchases.purchase_number = purchases.purchase_number

)

select * from message_orders
