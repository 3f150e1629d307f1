{# The median of a column over the rows of a partition up to each, empty ones left out: of an
   even number the mean of the two in the middle. #}
{% macro running_median(column, partition_by, order_by) -%}
    {{ adapter.dispatch("running_median", "guanxi")(column, partition_by, order_by) }}
{%- endmacro %}

{% macro duckdb__running_median(column, partition_by, order_by) -%}
    cast(
        median({{ column }}) over (
            partition by {{ partition_by }} order by {{ order_by }}
            rows between unbounded preceding and current row
        ) as double
    )
{%- endmacro %}

{# whose `median` wants a whole partition; `percentile` is the same function with a frame #}
{% macro spark__running_median(column, partition_by, order_by) -%}
    percentile({{ column }}, 0.5) over (
        partition by {{ partition_by }} order by {{ order_by }}
        rows between unbounded preceding and current row
    )
{%- endmacro %}
