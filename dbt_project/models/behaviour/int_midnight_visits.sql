with visit_days as (

    select * from {{ ref('int_visit_days') }}

),

days as (

    select
        event_date,
        min(started_at) as begins_at,
        max(ended_at) as ends_at

    from visit_days
    group by event_date

),

neighbouring_days as (

    select
        event_date,
        lag(ends_at) over (order by event_date) as ended_before_at,
        lead(begins_at) over (order by event_date) as begins_after_at

    from days

),

-- the pause between a day's visit and the next day's is short around midnight alone
midnight_days as (

    select
        visit_days.visit_day_id,
        visit_days.visitor_key,
        visit_days.account_key,
        visit_days.started_at,
        visit_days.ended_at

    from visit_days
    inner join neighbouring_days on visit_days.event_date = neighbouring_days.event_date
    where visit_days.started_at <= neighbouring_days.ended_before_at + {{ visit_gap() }}
        or visit_days.ended_at + {{ visit_gap() }} >= neighbouring_days.begins_after_at

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
