with message_events as (

    select * from {{ ref('stg_campaign_messages') }}

),

customer_accounts as (

    select * from {{ ref('int_customer_accounts') }}

),

message_orders as (

    select * from {{ ref('int_message_orders') }}

),

-- machines open mail as soon as it comes; what a person did is told apart
messages as (

    select
        message_id,
        min(source_name) as source_name,
        min(campaign_id) as campaign_id,
        min(account_key) as account_key,
        min(channel) as channel,
        min(audience) as audience,
        min(occurred_at) as first_event_at,
        min(occurred_at) filter (where event_type = 'sent') as sent_at,
        min(occurred_at) filter (where event_type = 'delivered') as delivered_at,
        min(occurred_at) filter (where event_type = 'opened') as opened_at,
        min(occurred_at) filter (
            where event_type = 'opened' and not is_machine_open
        ) as opened_by_person_at,
        min(occurred_at) filter (where event_type = 'clicked') as clicked_at,
        min(occurred_at) filter (where event_type = 'unsubscribed') as unsubscribed_at,
        min(occurred_at) filter (where event_type = 'bounced') as bounced_at,
        min(occurred_at) filter (where event_type = 'converted') as converted_at

    from message_events
    group by message_id

),

-- a system that does not export the sending sent it by the first event at the latest
attributed_messages as (

    select
        messages.message_id,
        messages.source_name,
        messages.campaign_id,
        customer_accounts.customer_id,
        messages.channel,
        coalesce(messages.audience, 'unknown') as audience,
        {{ business_date('coalesce(messages.sent_at, messages.first_event_at)') }}
            as sent_date,
        coalesce(messages.sent_at, messages.first_event_at) as sent_at,
        messages.delivered_at,
        messages.opened_at,
        messages.opened_by_person_at,
        messages.clicked_at,
        messages.unsubscribed_at,
        messages.bounced_at,
        messages.converted_at,
        messages.opened_at is not null
        and messages.opened_by_person_at is null as is_machine_open,
        message_orders.order_id

    from messages
    left join customer_accounts
        on messages.account_key = customer_accounts.account_key
    left join message_orders on messages.message_id = message_orders.message_id

)

select * from attributed_messages
