{%- set attributes = [
    'value_tier',
    'vip_level',
    'activity',
    'customer_class',
    'lifecycle_stage',
    'rfm_group',
    'churn_band',
    'suggested_action',
] -%}

with previous_customers as (

    select * from {{ source('previous', 'customer_segments') }}

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

rfm as (

    select * from {{ ref('customer_rfm') }}

),

churn as (

    select * from {{ ref('customer_churn') }}

),

tonights_customers as (

    select
        tiers.customer_id,
        tiers.as_of_date,
        tiers.value_tier,
        tiers.vip_level,
        activities.activity,
        activities.customer_class,
        lifecycles.lifecycle_stage,
        rfm.rfm_group,
        coalesce(churn.churn_band, 'none') as churn_band,
        coalesce(churn.suggested_action, 'none') as suggested_action

    from tiers
    inner join activities on tiers.customer_id = activities.customer_id
    inner join lifecycles on tiers.customer_id = lifecycles.customer_id
    inner join rfm on tiers.customer_id = rfm.customer_id
    left join churn on tiers.customer_id = churn.customer_id

),

-- what the earlier night did not publish is empty there, and no change
customer_changes as (

    {% for attribute in attributes %}
    select
        tonights_customers.customer_id,
        tonights_customers.as_of_date,
        '{{ attribute }}' as attribute,
        previous_customers.{{ attribute }} as previous_value,
        tonights_customers.{{ attribute }} as new_value,
        previous_customers.as_of_date as previous_as_of_date

    from tonights_customers
    inner join previous_customers
        on tonights_customers.customer_id = previous_customers.customer_id
    where tonights_customers.{{ attribute }} <> previous_customers.{{ attribute }}
    {% if not loop.last %}

    union all

    {% endif %}
    {% endfor %}

)

select * from customer_changes
