with messages as (

    select * from {{ ref('int_messages') }}

),

customer_accounts as (

    select * from {{ ref('int_customer_accounts') }}

),

message_orders as (

    select * from {{ ref('int_message_orders') }}

),

attributed_messages as (

    select
        messages.message_id,
        messages.source_name,
        messages.campaign_id,
        customer_accounts.customer_id,
        messages.channel,
        messages.audience,
        messages.sent_date,
        messages.sent_at,
        messages.delivered_at,
        messages.opened_at,
        messages.opened_by_person_at,
        messages.clicked_at,
        messages.unsubscribed_at,
        messages.bounced_at,
        messages.converted_at,
        messages.is_machine_open,
        message_orders.order_id

    from messages
    left join customer_accounts
        on messages.account_key = customer_accounts.account_key
    left join message_orders on messages.message_id = message_orders.message_id

)

select * from attributed_messages
