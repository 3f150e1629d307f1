{{ config(**kept('visitor_key, event_date', 'touched_visitor_days')) }}

with events as (

    select * from {{ ref('stg_events') }}
    {{ where_touched(
        'visitor_key, event_date', ref('touched_visitor_days'), since='occurred_at'
    ) }}

),

visit_days as (

    select * from {{ ref('int_visit_days') }}
    {{ where_touched('visitor_key, event_date', ref('touched_visitor_days')) }}

),

searches as (

    select
        event_id,
        visitor_key,
        event_date,
        occurred_at,
        {{ folded_text('search_query') }} as term

    from events
    where event_type = 'search' and search_query is not null

),

-- at the instant at which another account logs in, two visits meet
placed_searches as (

    select
        searches.event_id,
        searches.visitor_key,
        searches.event_date,
        searches.term,
        min(visit_days.visit_day_id) as visit_day_id,
        min(coalesce(visit_days.anonymous_id, visit_days.visitor_key)) as visitor

    from searches
    inner join visit_days
        on searches.visitor_key = visit_days.visitor_key
        and searches.event_date = visit_days.event_date
        and searches.occurred_at >= visit_days.started_at
        and searches.occurred_at <= visit_days.ended_at
    where searches.term <> ''
    group by
        searches.event_id,
        searches.visitor_key,
        searches.event_date,
        searches.term

),

search_days as (

    select
        visitor_key,
        event_date,
        visit_day_id,
        term,
        min(visitor) as visitor,
        count(*) as search_count

    from placed_searches
    group by visitor_key, event_date, visit_day_id, term

)

select * from search_days
