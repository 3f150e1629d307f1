{# The levels of scheme A of RFM, said once: for tonight and for the end of every month.
   `thresholds` and `day` name what holds a row of rfm_thresholds. Without a buyer in it
   every level of frequency and monetary value is 1. #}


{# 3 after a recent last purchase, 1 after none for long, as the row of the day has it. #}
{% macro recency_level(last_order_date, day) -%}
    case
        when {{ last_order_date }} >= {{ day }}.recency_level_3_from then 3
        when {{ last_order_date }} >= {{ day }}.recency_level_2_from then 2
        else 1
    end
{%- endmacro %}


{# The third by purchases of a customer with this many and these net sales. #}
{% macro frequency_level(order_count, net_sales, thresholds) -%}
    case
        when {{ net_sales }} <= 0 then 1
        when {{ order_count }} > {{ thresholds }}.frequency_level_3_above then 3
        when {{ order_count }} > {{ thresholds }}.frequency_level_2_above then 2
        else 1
    end
{%- endmacro %}


{# The third by net sales. #}
{% macro monetary_level(net_sales, thresholds) -%}
    case
        when {{ net_sales }} <= 0 then 1
        when {{ net_sales }} > {{ thresholds }}.monetary_level_3_above then 3
        when {{ net_sales }} > {{ thresholds }}.monetary_level_2_above then 2
        else 1
    end
{%- endmacro %}


{# The three levels as one number, 333; empty without a purchase. They are of a day, which
   recency is counted from, at thresholds of the same day or of another. #}
{% macro rfm_code(order_count, net_sales, last_order_date, day, thresholds) -%}
    case
        when {{ order_count }} > 0
            then
                100 * {{ recency_level(last_order_date, day) }}
                + 10 * {{ frequency_level(order_count, net_sales, thresholds) }}
                + {{ monetary_level(net_sales, thresholds) }}
    end
{%- endmacro %}
