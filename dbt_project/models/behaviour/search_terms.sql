with search_days as (

    select * from {{ ref('int_search_days') }}

),

midnight_visits as (

    select * from {{ ref('int_midnight_visits') }}

),

sessions as (

    select
        session_id,
        customer_id,
        order_count

    from {{ ref('fct_sessions') }}
    where search_count > 0

),

searches as (

    select
        search_days.term,
        search_days.search_count,
        sessions.session_id,
        sessions.customer_id,
        sessions.order_count,
        {{ first_of_month('search_days.event_date') }} as month,
        coalesce(sessions.customer_id, search_days.visitor) as visitor

    from search_days
    left join midnight_visits
        on search_days.visit_day_id = midnight_visits.visit_day_id
    inner join sessions
        on coalesce(midnight_visits.session_id, search_days.visit_day_id)
        = sessions.session_id

),

-- what few people typed may be personal
shown_terms as (

    select
        month,
        term,
        case
            when count(distinct visitor) < {{ var('search_least_visitors') }}
                then '(rare)'
            else term
        end as shown_term

    from searches
    group by month, term

),

terms as (

    select
        searches.month,
        shown_terms.shown_term as term,
        cast(sum(searches.search_count) as bigint) as searches,
        count(distinct searches.session_id) as session_count,
        count(distinct case when searches.order_count > 0 then searches.session_id end)
            as sessions_with_order,
        count(distinct searches.customer_id) as customer_count

    from searches
    inner join shown_terms
        on searches.month = shown_terms.month
        and searches.term = shown_terms.term
    group by searches.month, shown_terms.shown_term

)

select * from terms
