{# A number on the way into a product, wide enough for what any amount times any rate is:
   DuckDB keeps a product of two decimals of up to 18 digits within 18, Spark rounds one of
   more than 38. #}
{% macro wide(number, scale) -%}
    cast({{ number }} as decimal(19, {{ scale }}))
{%- endmacro %}


{# An amount to the cent, halves away from zero. The step over six places makes engines
   agree that divide decimals as floats (DuckDB) and as decimals (Spark). More than 18
   digits are worked out in twice as wide numbers, at forty times the cost: only amounts that
   need them. #}
{% macro money(amount) -%}
    case
        when abs({{ amount }}) < 100000000000
            then cast(cast({{ amount }} as decimal(18, 6)) as decimal(18, 2))
        else cast(cast({{ amount }} as decimal(28, 6)) as decimal(18, 2))
    end
{%- endmacro %}
