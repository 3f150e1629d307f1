{# The rows that a test of the yml is asked of: dbt calls this macro for each. Of a kept table,
   on a night that goes on from the last, they are those that were worked out tonight: the
   others were asked on their own night, and nothing goes on from a table that is not as it
   was left then. With --full-refresh, and by `dbt test`, every row is asked. #}
{% macro get_where_subquery(relation) -%}
    {%- set table = graph.nodes.get(model.attached_node) if execute and goes_on() %}
    {%- if not table or not table.config.meta.kept %}
        {{ return(dbt.get_where_subquery(relation)) }}
    {%- endif %}
    {%- set touched = is_touched(table.config.meta.kept) %}
    {%- set test = model.test_metadata %}
    {%- if test.name in ("unique", "unique_together") %}
        {#- its like may stand anywhere in the table #}
        {%- set key = test.kwargs.column_name or test.kwargs.columns | join(", ") %}
        {%- set touched = "(" ~ key ~ ") in (select " ~ key ~ " from " ~ relation
            ~ " where " ~ touched ~ ")" %}
    {%- elif test.name == "relationships" %}
        {#- what it leads to may be gone tonight #}
        {%- set other = model.depends_on.nodes | reject("equalto", table.unique_id) | first %}
        {%- set other_kept = graph.nodes[other].config.meta.kept %}
        {%- if not other_kept or other_kept.columns != test.kwargs.field %}
            {{ return(relation) }}
        {%- endif %}
        {%- set touched = touched ~ " or "
            ~ is_touched(other_kept, test.kwargs.column_name) %}
    {%- endif %}
    {{ return("(select * from " ~ relation ~ " where " ~ touched ~ ") as asked_rows") }}
{%- endmacro %}


{# Whether a row of a table that is kept so was worked out tonight; where it calls the columns
   otherwise, by its own. #}
{% macro is_touched(kept, columns=none) -%}
    {%- set changes = graph.nodes.values()
        | selectattr("name", "equalto", kept.changes) | first %}
    {{- return("(" ~ (columns or kept.columns) ~ ") in (select " ~ kept.columns ~ " from "
        ~ changes.relation_name ~ ")") }}
{%- endmacro %}
