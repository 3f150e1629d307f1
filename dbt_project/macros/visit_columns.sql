{# What a visit is worth knowing for, from the events of it. #}
{% macro visit_columns() -%}
    min(event_id) as event_id,
    min(anonymous_id) as anonymous_id,
    min(occurred_at) as started_at,
    max(occurred_at) as ended_at,
    min(device) as device,
    min_by(coalesce(referrer, ''), (occurred_at, event_id)) as referrer,
    count(*) filter (where event_type = 'view') as view_count,
    count(*) filter (where event_type = 'search') as search_count,
    count(*) filter (where event_type = 'add_to_cart') as cart_count,
    count(*) filter (where event_type = 'checkout') as checkout_count,
    count(*) filter (where event_type = 'login') as login_count,
    count(*) filter (where event_type = 'purchase') as purchase_count,
    count(*) as event_count,
    count(account_key) as logged_in_event_count
{%- endmacro %}
