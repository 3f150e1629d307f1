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

tonights_customers as (

    select * from {{ ref('customer_360') }}

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
