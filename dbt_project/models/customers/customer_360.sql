with customers as (

    select * from {{ ref('dim_customers') }}

),

rfm as (

    select * from {{ ref('customer_rfm') }}

),

tiers as (

    select * from {{ ref('customer_tiers') }}

),

activities as (

    select * from {{ ref('customer_activity') }}

),

lifecycles as (

    select * from {{ ref('customer_lifecycle') }}

),

preferences as (

    select * from {{ ref('customer_preferences') }}

),

customer_values as (

    select * from {{ ref('customer_value') }}

),

churn as (

    select * from {{ ref('customer_churn') }}

),

next_orders as (

    select * from {{ ref('customer_next_order') }}

),

consents as (

    select * from {{ ref('customer_consents') }}

),

first_guesses as (

    select * from {{ ref('customer_next_categories') }}
    where rank = 1

),

-- what too little speaks for is not told; of promotions that has been asked before
told_preferences as (

    select * from preferences
    where
        attribute = 'promotion'
        or round(share * evidence_count) >= {{ var('least_evidence') }}

),

preferred_values as (

    select
        {% for attribute in preference_attributes() %}
        max(case when attribute = '{{ attribute }}' then value end) as {{ attribute }},
        {% endfor %}
        customer_id

    from told_preferences
    group by customer_id

),

permissions as (

    select
        {% for channel in contact_channels() %}
        bool_or(channel = '{{ channel }}' and is_granted) as may_{{ channel }},
        {% endfor %}
        customer_id

    from consents
    group by customer_id

),

customer_360 as (

    select
        customers.customer_id,
        customers.as_of_date,
        customers.registered_date,
        customers.source_names,
        customers.account_count,
        customers.customer_since,
        customers.gender,
        customers.age_band,
        customers.occupation,
        customers.country,
        customers.province,
        customers.channel,
        customers.has_email,
        customers.has_phone,
        {% for channel in contact_channels() if channel != 'other' %}
        permissions.may_{{ channel }},
        {% endfor %}
        customers.profile_completeness,
        customers.freshness_days,
        customers.next_confirmation_date,
        customers.first_order_date,
        customers.last_order_date,
        rfm.days_since_last_order,
        customers.order_count,
        customers.net_sales,
        tiers.net_sales_12m,
        tiers.order_count_12m,
        tiers.value_tier,
        tiers.vip_level,
        tiers.tier_since,
        tiers.next_reevaluation_date,
        activities.customer_class,
        activities.activity,
        activities.activity_since,
        activities.login_count_30d,
        activities.days_since_last_login,
        activities.days_since_last_interaction,
        lifecycles.lifecycle_stage,
        lifecycles.stage_since,
        lifecycles.median_gap_days,
        lifecycles.days_overdue,
        rfm.rfm_code,
        rfm.rfm_group,
        rfm.previous_rfm_group,
        rfm.rfm_group_since,
        rfm.rfm_group_at_last_thresholds,
        rfm.rfm_segment,
        {% for attribute, column in preference_attributes().items() %}
        coalesce(preferred_values.{{ attribute }}, 'unknown') as {{ column }},
        {% endfor %}
        coalesce(first_guesses.category, 'unknown') as next_category,
        first_guesses.probability as next_category_probability,
        customer_values.predicted_value,
        customer_values.total_value,
        customer_values.expected_orders,
        customer_values.expected_order_value,
        customer_values.probability_no_purchase,
        churn.churn_probability,
        churn.churn_percentile,
        coalesce(churn.churn_band, 'none') as churn_band,
        coalesce(churn.suggested_action, 'none') as suggested_action,
        churn.reasons_en as churn_reasons_en,
        churn.reasons_zh as churn_reasons_zh,
        coalesce(next_orders.next_order_status, 'none') as next_order_status,
        next_orders.expected_order_date,
        next_orders.low as expected_order_low,
        next_orders.high as expected_order_high,
        next_orders.probability_of_order

    from customers
    inner join rfm on customers.customer_id = rfm.customer_id
    inner join tiers on customers.customer_id = tiers.customer_id
    inner join activities on customers.customer_id = activities.customer_id
    inner join lifecycles on customers.customer_id = lifecycles.customer_id
    inner join permissions on customers.customer_id = permissions.customer_id
    left join preferred_values on customers.customer_id = preferred_values.customer_id
    left join first_guesses on customers.customer_id = first_guesses.customer_id
    left join customer_values on customers.customer_id = customer_values.customer_id
    left join churn on customers.customer_id = churn.customer_id
    left join next_orders on customers.customer_id = next_orders.customer_id

)

select * from customer_360
