{# What a preference can be about, and the column of customer_360 that holds its value. #}
{% macro preference_attributes() -%}
    {{ return({
        "category": "preferred_category",
        "brand": "preferred_brand",
        "price_level": "price_level",
        "promotion": "promotion",
        "daypart": "preferred_daypart",
        "weekday": "preferred_weekday",
        "device": "preferred_device",
        "purchase_style": "purchase_style",
        "service_need": "service_need",
    }) }}
{%- endmacro %}
