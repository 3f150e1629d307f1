{# A kept table holds what no change touches from one night to the next, and only the rest
   is worked out again. `kept` makes a model one: what changes touch is taken out of its
   table before it is written to; `where_touched` lets only that through which has to be
   worked out. `changes` is a table of the folder changes. On a first night, or with
   --full-refresh, there is nothing to keep and everything is worked out; so it is in a
   unit test, in which there is no `this`. A test lives through nights and compares every
   table with one that is built at once. #}


{# The configuration of a model whose rows are told apart by these columns. #}
{% macro kept(columns, changes) -%}
    {%- set hook = "{{ forget('" ~ columns ~ "', '" ~ changes ~ "') }}" -%}
    {{ return({
        "materialized": "incremental",
        "incremental_strategy": "append",
        "on_schema_change": "fail",
        "pre_hook": hook,
        "meta": {"kept": {"columns": columns, "changes": changes}},
    }) }}
{%- endmacro %}


{# Whether a model, or a test on it, is of a night that goes on from the last. #}
{% macro goes_on() -%}
    {%- if model.resource_type == "test" -%}
        {{ return(flags.WHICH == "build" and not flags.FULL_REFRESH) }}
    {%- endif -%}
    {{ return(this and is_incremental()) }}
{%- endmacro %}


{# The where of a select of which only what changes touch is wanted; where the changes call
   the columns otherwise, these are `their_columns`. `since` is a column of both by which
   most rows are passed over before anything is worked out of them. #}
{% macro where_touched(columns, changes, their_columns=none, since=none) -%}
    {% if goes_on() -%}
        where ({{ columns }}) in (select {{ their_columns or columns }} from {{ changes }})
        {%- if since %}
            and {{ since }} >= (select min({{ since }}) from {{ changes }})
        {%- endif %}
    {%- endif %}
{%- endmacro %}


{# The hook that takes out of the table what is about to be worked out again. #}
{% macro forget(columns, changes) -%}
    {% if goes_on() -%}
        delete from {{ this }}
        where ({{ columns }}) in (select {{ columns }} from {{ ref(changes) }})
    {%- endif %}
{%- endmacro %}
