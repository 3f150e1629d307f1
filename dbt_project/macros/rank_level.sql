{# Equal parts of a ranking, 1 (first in the order) to `levels`: 1 + floor(levels x b / n),
   where b of the n rows come strictly before this one. Ties share b, hence the level. #}
{% macro rank_level(levels, sort_order) -%}
    cast(
        1 + floor(
            {{ levels }} * (rank() over (order by {{ sort_order }}) - 1)
            / count(*) over ()
        ) as bigint
    )
{%- endmacro %}
