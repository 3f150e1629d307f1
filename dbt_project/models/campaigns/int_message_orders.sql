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
        {{ attribution_stretch('ordered_at') }} as stretch

    from {{ ref('fct_orders') }}
    where is_purchase and customer_id is not null

),

-- a message reaches a person when it is delivered, and again with every look at it
touches as (

    select
        customer_accounts.customer_id,
        message_events.message_id,
        message_events.occurred_at as touched_at,
        {{ attribution_stretch('message_events.occurred_at') }} as stretch

    from message_events
    inner join customer_accounts
        on message_events.account_key = customer_accounts.account_key
    where
        message_events.event_type in ('delivered', 'clicked')
        or (message_events.event_type = 'opened' and not message_events.is_machine_open)

),

-- what a purchase may follow lies in its own stretch of time or in the one before
attribution_stretches as (

    select
        order_id,
        customer_id,
        ordered_at,
        stretch

    from purchases

    union all

    select
        order_id,
        customer_id,
        ordered_at,
        stretch - 1 as stretch

    from purchases

),

followed_touches as (

    select
        touches.message_id,
        touches.touched_at,
        attribution_stretches.order_id,
        attribution_stretches.ordered_at

    from touches
    inner join attribution_stretches
        on touches.customer_id = attribution_stretches.customer_id
        and touches.stretch = attribution_stretches.stretch
    where
        attribution_stretches.ordered_at >= touches.touched_at
        and attribution_stretches.ordered_at
        <= touches.touched_at + interval {{ var('campaign_attribution_days') }} day

),

-- of two messages that touched the customer at one instant, the greater id is the last
last_touches as (

    select * from followed_touches
    qualify
        row_number() over (
            partition by order_id order by touched_at desc, message_id desc
        ) = 1

),

message_orders as (

    select
        message_id,
        order_id

    from last_touches
    qualify
        row_number() over (partition by message_id order by ordered_at, order_id) = 1

)

select * from message_orders
