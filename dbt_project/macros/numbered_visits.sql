{# Where a visit ends, said once: after a pause longer than sessions.gap_minutes, and where
   another account logs in. What is done without an account belongs to the account that was
   logged in last, and before the first log-in to that one.

   A chain of common table expressions that gives the rows of `rows`, which have an
   account_key, the number `visit_number` of their visit among those of the same
   `visitor`; a row lasts from started_at to ended_at, and of rows that start at once the
   one with the lesser `tie` comes first. #}
{% macro numbered_visits(rows, visitor, started_at, ended_at, tie) -%}
    {%- set order = "order by " ~ started_at ~ ", " ~ tie -%}
    {%- set so_far = order ~ " rows between unbounded preceding and current row" -%}
    pauses as (

    select
        *,
        case
            when
                lag({{ ended_at }}) over (partition by {{ visitor }} {{ order }})
                >= {{ started_at }} - {{ visit_gap() }}
                then 0
            else 1
        end as is_after_pause

    from {{ rows }}

),

stretches as (

    select
        *,
        sum(is_after_pause) over (partition by {{ visitor }} {{ so_far }}) as stretch

    from pauses

),

log_ins as (

    select
        *,
        count(account_key) over (partition by {{ visitor }}, stretch {{ so_far }})
            as log_in

    from stretches

),

known_accounts as (

    select
        *,
        first_value(account_key) over (
            partition by {{ visitor }}, stretch, log_in {{ so_far }}
        ) as known_account_key

    from log_ins

),

changes_of_account as (

    select
        *,
        case
            when
                known_account_key <> lag(known_account_key) over (
                    partition by {{ visitor }}, stretch {{ order }}
                )
                then 1
            else 0
        end as is_after_change

    from known_accounts

),

numbered_visits as (

    select
        *,
        cast(
            sum(is_after_pause + is_after_change) over (
                partition by {{ visitor }} {{ so_far }}
            ) as bigint
        ) as visit_number

    from changes_of_account

)
{%- endmacro %}


{# The longest pause within a visit. #}
{% macro visit_gap() -%}
    interval {{ var('session_gap_minutes') }} minute
{%- endmacro %}
