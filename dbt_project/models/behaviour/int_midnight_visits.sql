with visit_days as (

    select * from {{ ref('int_visit_days') }}

),

-- no pause between two days is short enough but around midnight
midnight_days as (

    select
        visit_day_id,
        visitor_key,
        event_date,
        account_key,
        started_at,
        ended_at

    from visit_days
    where is_near_midnight

),

{{ numbered_visits(
    'midnight_days', 'visitor_key', 'started_at', 'ended_at', 'visit_day_id'
) }},

whole_visits as (

    select
        visitor_key,
        visit_number,
        min_by(visit_day_id, started_at) as session_id,
        max(account_key) as account_key

    from numbered_visits
    group by visitor_key, visit_number
    having count(*) > 1

),

midnight_visits as (

    select
        numbered_visits.visit_day_id,
        whole_visits.session_id,
        whole_visits.account_key

    from numbered_visits
    inner join whole_visits
        on numbered_visits.visitor_key = whole_visits.visitor_key
        and numbered_visits.visit_number = whole_visits.visit_number

)

select * from midnight_visits
