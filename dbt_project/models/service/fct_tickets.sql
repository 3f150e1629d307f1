with tickets as (

    select * from {{ ref('stg_tickets') }}

),

customer_accounts as (

    select * from {{ ref('int_customer_accounts') }}

),

attributed_tickets as (

    select
        tickets.ticket_id,
        tickets.source_name,
        customer_accounts.customer_id,
        tickets.order_id,
        tickets.opened_date,
        tickets.opened_at,
        tickets.first_response_at,
        tickets.resolved_at,
        coalesce(tickets.channel, 'unknown') as channel,
        coalesce(tickets.level, 'unknown') as level,
        coalesce(tickets.topic, 'unknown') as topic,
        coalesce(tickets.is_complaint, false) as is_complaint,
        case when tickets.csat between 1 and 5 then tickets.csat end as csat,
        {{ seconds_between('tickets.opened_at', 'tickets.first_response_at') }}
            as first_response_seconds,
        {{ seconds_between('tickets.opened_at', 'tickets.resolved_at') }}
            as resolution_seconds

    from tickets
    left join customer_accounts
        on tickets.account_key = customer_accounts.account_key

),

-- an answer before the question is a slip of the export: how long it took, nobody knows
timed_tickets as (

    select
        ticket_id,
        source_name,
        customer_id,
        order_id,
        opened_date,
        opened_at,
        first_response_at,
        resolved_at,
        channel,
        level,
        topic,
        is_complaint,
        csat,
        case
            when first_response_seconds >= 0
                then cast(first_response_seconds as double) / 60
        end as first_response_minutes,
        case
            when resolution_seconds >= 0
                then cast(resolution_seconds as double) / 3600
        end as resolution_hours

    from attributed_tickets

)

select * from timed_tickets
