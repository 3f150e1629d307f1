{{ config(**kept('visitor_key, event_date', 'touched_visitor_days')) }}

with events as (

    select * from {{ ref('stg_events') }}
    {{ where_touched(
        'visitor_key, event_date', ref('touched_visitor_days'), since='occurred_at'
    ) }}

),

-- the secret that customer ids are made with: an id tells nothing of its event
customer_key as (

    select * from {{ source('raw', 'customer_key') }}

),

visitor_days as (

    select
        visitor_key,
        event_date,
        max(account_key) as account_key,
        min(account_key) as other_account_key,
        {{ visit_columns() }}

    from events
    where visitor_key is not null
    group by visitor_key, event_date

),

judged_days as (

    select
        *,
        started_at >= ended_at - {{ visit_gap() }}
        and coalesce(account_key = other_account_key, true) as is_one_visit

    from visitor_days

),

-- nearly all: the sort that takes a day apart is for the others alone
undivided_days as (

    select * from judged_days
    where is_one_visit

),

divided_days as (

    select
        visitor_key,
        event_date

    from judged_days
    where not is_one_visit

),

divided_events as (

    select events.*
    from {{ ref('stg_events') }} as events
    inner join divided_days
        on events.visitor_key = divided_days.visitor_key
        and events.event_date = divided_days.event_date

),

{{ numbered_visits(
    'divided_events',
    'visitor_key, event_date',
    'occurred_at',
    'occurred_at',
    'event_id',
) }},

divided_visits as (

    select
        visitor_key,
        event_date,
        max(account_key) as account_key,
        min(account_key) as other_account_key,
        {{ visit_columns() }},
        true as is_one_visit

    from numbered_visits
    group by visitor_key, event_date, visit_number

),

visits as (

    select * from undivided_days
    union all
    select * from divided_visits

),

referrers as (

    select referrer from visits
    group by referrer

),

channels as (

    select
        referrer,
        {{ referrer_channel('referrer') }} as channel

    from referrers

),

visit_days as (

    select
        's_' || left(md5(customer_key.customer_key || visits.event_id), 16)
            as visit_day_id,
        visits.visitor_key,
        visits.event_date,
        visits.account_key,
        visits.anonymous_id,
        visits.started_at,
        visits.ended_at,
        visits.device,
        channels.channel,
        visits.view_count,
        visits.search_count,
        visits.cart_count,
        visits.checkout_count,
        visits.login_count,
        visits.purchase_count,
        visits.event_count,
        visits.logged_in_event_count

    from visits
    inner join channels on visits.referrer = channels.referrer
    cross join customer_key

)

select * from visit_days
