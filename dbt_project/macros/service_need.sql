{# What a topic of a ticket or of feedback is a need of: delivery, after_sales or neither.
   Topics are the shop's own words, in its own language. #}
{% macro service_need(topic) -%}
    {%- set needs = {
        "delivery": [
            "deliver", "shipping", "shipment", "logistic", "courier", "late", "物流",
            "配送", "快递", "发货",
        ],
        "after_sales": [
            "return", "refund", "exchange", "repair", "warrant", "quality", "damage",
            "broken", "defect", "wrong", "after", "退", "换", "售后", "质量", "维修", "破损",
        ],
    } -%}
    case
        {%- for need, words in needs.items() %}
        when
            {%- for word in words %}
            {{ "or " if not loop.first }}lower({{ topic }}) like '%{{ word }}%'
            {%- endfor %}
            then '{{ need }}'
        {%- endfor %}
        else 'none'
    end
{%- endmacro %}


{# The part of the day in which an hour lies. #}
{% macro daypart(hour) -%}
    case
        when {{ hour }} < {{ var('morning_from') }} then 'night'
        when {{ hour }} < {{ var('afternoon_from') }} then 'morning'
        when {{ hour }} < {{ var('evening_from') }} then 'afternoon'
        when {{ hour }} < {{ var('night_from') }} then 'evening'
        else 'night'
    end
{%- endmacro %}
