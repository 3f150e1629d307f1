{#- Columns of customer_360 that are told in words, in the order in which they are. -#}
{% set traits = [
    "value_tier",
    "vip_level",
    "customer_class",
    "activity",
    "lifecycle_stage",
    "rfm_group",
    "churn_band",
    "suggested_action",
    "gender",
    "age_band",
    "preferred_category",
    "preferred_brand",
    "price_level",
    "promotion",
    "preferred_daypart",
    "preferred_weekday",
    "preferred_device",
    "purchase_style",
    "service_need",
] -%}

with customers as (

    select * from {{ ref('customer_360') }}

),

labels as (

    select * from {{ ref('dim_labels') }}

),

-- the words for the columns themselves, in one row; where the shop's file has none for
-- one, its own name
trait_names as (

    select
        {% for trait in traits %}
        {% set attribute = trait | replace("preferred_", "") %}
        coalesce(
            max(case when code = '{{ attribute }}' then label_en end), '{{ trait }}'
        ) as {{ trait }}_en,
        coalesce(
            max(case when code = '{{ attribute }}' then label_zh end), '{{ trait }}'
        ) as {{ trait }}_zh,
        {% endfor %}
        count(*) as name_count

    from labels
    where column_name = 'attribute'

),

-- what is the shop's own word, a category or a brand, is said as it stands
traits_in_words as (

    select
        {% for trait in traits %}
        coalesce({{ trait }}_labels.label_en, customers.{{ trait }}) as {{ trait }}_en,
        coalesce({{ trait }}_labels.label_zh, customers.{{ trait }}) as {{ trait }}_zh,
        customers.{{ trait }} not in ('none', 'unknown') as has_{{ trait }},
        {% endfor %}
        customers.customer_id,
        customers.as_of_date

    from customers
    {% for trait in traits %}
    left join labels as {{ trait }}_labels
        on customers.{{ trait }} = {{ trait }}_labels.code
        and {{ trait }}_labels.column_name = '{{ trait }}'
    {% endfor %}

),

customer_profile as (

    select
        traits_in_words.customer_id,
        traits_in_words.as_of_date,
        {% for trait in traits %}
        traits_in_words.{{ trait }}_en as {{ trait }}_label_en,
        traits_in_words.{{ trait }}_zh as {{ trait }}_label_zh,
        {% endfor %}
        {{ known_traits(traits, 'en', ': ', ' · ') }} as label_en,
        {{ known_traits(traits, 'zh', '：', '；') }} as label_zh

    from traits_in_words
    cross join trait_names

)

select * from customer_profile
