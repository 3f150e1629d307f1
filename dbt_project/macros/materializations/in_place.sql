{# A table or view of tonight takes the place of the last one in a single statement. dbt's own materializations build it
   beside, rename twice and drop, because few engines can replace a table as DuckDB does: whoever reads, reads the old
   one until the transaction ends. #}
{% materialization table, adapter="duckdb" %}
    {%- set table = this.incorporate(type="table") -%}
    {{ run_hooks(pre_hooks) }}
    {% do make_room(table) %}
    {% call statement("main") %}
        {{ get_assert_columns_equivalent(compiled_code) }}
        create or replace table {{ table }} {{ get_table_columns_and_constraints() }};
        insert into {{ table }} {{ get_column_names() }} (
            {{ get_select_subquery(compiled_code) }}
        )
    {% endcall %}
    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {{ return({"relations": [table]}) }}
{% endmaterialization %}


{% materialization view, adapter="duckdb" %}
    {%- set view = this.incorporate(type="view") -%}
    {{ run_hooks(pre_hooks) }}
    {% do make_room(view) %}
    {% call statement("main") %}
        create or replace view {{ view }} as (
            {{ compiled_code }}
        )
    {% endcall %}
    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {{ return({"relations": [view]}) }}
{% endmaterialization %}


{# A table cannot replace a view, nor a view a table. #}
{% macro make_room(relation) %}
    {%- set existing = load_cached_relation(relation) -%}
    {% if existing is not none and existing.type != relation.type %}
        {% do adapter.drop_relation(existing) %}
    {% endif %}
{% endmacro %}
