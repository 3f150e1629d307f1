{{ config(**kept('message_id', 'touched_messages')) }}

with message_events as (

    select * from {{ ref('stg_campaign_messages') }}
    {{ where_touched('message_id', ref('touched_messages')) }}

),

-- machines open mail as soon as it comes; what a person did is told apart
folded_events as (

    select
        message_id,
        min(source_name) as source_name,
        min(campaign_id) as campaign_id,
        min(account_key) as account_key,
        coalesce(min(account_key) = max(account_key), true) as is_of_one_account,
        min(channel) as channel,
        min(audience) as audience,
        min(occurred_at) as first_event_at,
        min(occurred_at) filter (where event_type = 'sent') as reported_sent_at,
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

-- a system that reports no sending has sent it by the first event at the latest
messages as (

    select
        message_id,
        source_name,
        campaign_id,
        account_key,
        is_of_one_account,
        channel,
        coalesce(audience, 'unknown') as audience,
        {{ business_date('coalesce(reported_sent_at, first_event_at)') }} as sent_date,
        coalesce(reported_sent_at, first_event_at) as sent_at,
        delivered_at,
        opened_at,
        opened_by_person_at,
        clicked_at,
        unsubscribed_at,
        bounced_at,
        converted_at,
        opened_at is not null and opened_by_person_at is null as is_machine_open

    from folded_events

)

select * from messages
