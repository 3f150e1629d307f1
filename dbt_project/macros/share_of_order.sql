{# A line's share of an amount that its order has as a whole, to the cent, in proportion to
   `weight` (decimal(18, 2), never negative). Each line gets what the rounded running share
   grows by: the shares of an order add up to the amount exactly, and none is a cent or more
   away from its proportion. An order whose lines have no weight shares nothing out. #}
{% macro share_of_order(amount, weight) -%}
    coalesce(
        {{ running_share_of_order(amount, weight, "current row") }}
        - {{ running_share_of_order(amount, weight, "1 preceding") }},
        0
    )
{%- endmacro %}


{% macro running_share_of_order(amount, weight, last_row) -%}
    {{ money(
        amount ~ " * cast(coalesce(sum(" ~ weight ~ ") over ("
        ~ "partition by order_id order by order_item_id"
        ~ " rows between unbounded preceding and " ~ last_row ~ "), 0) as decimal(18, 2))"
        ~ " / nullif(cast(sum(" ~ weight ~ ") over (partition by order_id)"
        ~ " as decimal(18, 2)), 0)"
    ) }}
{%- endmacro %}
