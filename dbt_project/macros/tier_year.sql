{# The last day before the year that a value tier is earned in, which is the twelve calendar
   months that end with the given day. #}
{% macro day_before_tier_year(day) -%}
    {{ months_before(12, day) }}
{%- endmacro %}


{# The first day of whose tier year a day is no part any more: twelve months later; of 29
   February, which three years of four lack, it is 1 March. #}
{% macro day_after_tier_year(day) -%}
    {{ days_after(
        "case when day(" ~ day ~ ") > day(" ~ months_after(12, day)
        ~ ") then 1 else 0 end",
        months_after(12, day),
    ) }}
{%- endmacro %}


{# The value tier that net sales of twelve months earn by the given limits. #}
{% macro value_tier(net_sales, senior_from, vip_above) -%}
    case
        when {{ net_sales }} > {{ vip_above }} then 'vip'
        when {{ net_sales }} >= {{ senior_from }} then 'senior'
        else 'regular'
    end
{%- endmacro %}
