{# A number of days, rounded up to whole ones; what is a millionth of a day above one is that
   one, since a float may miss it by its last bit. #}
{% macro whole_days(days) -%}
    cast(ceil(cast({{ days }} as decimal(18, 6))) as bigint)
{%- endmacro %}
