with tickets as (

    select * from {{ ref('fct_tickets') }}
    where customer_id is not null

),

feedback as (

    select * from {{ ref('fct_feedback') }}
    where customer_id is not null

),

messages as (

    select * from {{ ref('fct_campaign_messages') }}
    where customer_id is not null

),

contacts as (

    select
        customer_id,
        opened_date as contact_date,
        1 as ticket_count,
        case when is_complaint then 1 else 0 end as complaint_count,
        0 as resolved_complaint_count,
        0 as score_count,
        0 as score_sum,
        0 as message_count,
        0 as opened_message_count,
        0 as clicked_message_count,
        0 as unsubscribe_count

    from tickets

    union all

    -- the end of a complaint is news of its own day
    select
        customer_id,
        greatest({{ business_date('resolved_at') }}, opened_date) as contact_date,
        0 as ticket_count,
        0 as complaint_count,
        1 as resolved_complaint_count,
        0 as score_count,
        0 as score_sum,
        0 as message_count,
        0 as opened_message_count,
        0 as clicked_message_count,
        0 as unsubscribe_count

    from tickets
    where is_complaint and resolved_at is not null

    union all

    -- scores of both scales, 0 to 10 and 1 to 5, in hundredths of the way to the best
    select
        customer_id,
        submitted_date as contact_date,
        0 as ticket_count,
        0 as complaint_count,
        0 as resolved_complaint_count,
        1 as score_count,
        case when kind = 'nps' then score * 10 else (score - 1) * 25 end as score_sum,
        0 as message_count,
        0 as opened_message_count,
        0 as clicked_message_count,
        0 as unsubscribe_count

    from feedback
    where score is not null

    union all

    select
        customer_id,
        sent_date as contact_date,
        0 as ticket_count,
        0 as complaint_count,
        0 as resolved_complaint_count,
        0 as score_count,
        0 as score_sum,
        1 as message_count,
        0 as opened_message_count,
        0 as clicked_message_count,
        0 as unsubscribe_count

    from messages

    {% for what, when in [
        ("opened", "opened_by_person_at"),
        ("clicked", "clicked_at"),
        ("unsubscribe", "unsubscribed_at"),
    ] %}
    union all

    select
        customer_id,
        {{ business_date(when) }} as contact_date,
        0 as ticket_count,
        0 as complaint_count,
        0 as resolved_complaint_count,
        0 as score_count,
        0 as score_sum,
        0 as message_count,
        {{ 1 if what == "opened" else 0 }} as opened_message_count,
        {{ 1 if what == "clicked" else 0 }} as clicked_message_count,
        {{ 1 if what == "unsubscribe" else 0 }} as unsubscribe_count

    from messages
    where {{ when }} is not null

    {% endfor %}
),

contact_days as (

    select
        customer_id,
        contact_date,
        cast(sum(ticket_count) as bigint) as ticket_count,
        cast(sum(complaint_count) as bigint) as complaint_count,
        cast(sum(resolved_complaint_count) as bigint) as resolved_complaint_count,
        cast(sum(score_count) as bigint) as score_count,
        cast(sum(score_sum) as bigint) as score_sum,
        cast(sum(message_count) as bigint) as message_count,
        cast(sum(opened_message_count) as bigint) as opened_message_count,
        cast(sum(clicked_message_count) as bigint) as clicked_message_count,
        cast(sum(unsubscribe_count) as bigint) as unsubscribe_count

    from contacts
    group by customer_id, contact_date

)

select * from contact_days
