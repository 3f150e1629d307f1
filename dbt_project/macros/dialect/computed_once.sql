{# Written between `as` and a common table expression that must not be merged into its
   reader. DuckDB takes four times longer to plan each further pair of nested windows:
   112 s for 12 pairs, 0.1 s when each is materialised. Spark plans them as they are and
   has no such word. #}
{% macro computed_once() -%}
    {{ adapter.dispatch("computed_once", "guanxi")() }}
{%- endmacro %}

{% macro duckdb__computed_once() %}materialized{% endmacro %}

{% macro spark__computed_once() %}{% endmacro %}
