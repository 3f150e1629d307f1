{# A line's share of an amount that its order has as a whole, to the cent, in proportion to
   the columns `weight` (never negative), `running_weight` (of the order's lines up to this
   one) and `order_weight` (of all). Each line gets what the rounded running share grows by:
   the shares of an order add up to the amount exactly, and none is a cent or more away from
   its proportion. An order whose lines have no weight shares nothing out. #}
{% macro share_of_order(amount, weight, running_weight, order_weight) -%}
    case
        when {{ amount }} <> 0 and {{ order_weight }} > 0
            then
                {{ money(
                    wide(amount, 2) ~ " * " ~ running_weight ~ " / nullif(" ~ order_weight ~ ", 0)"
                ) }}
                - {{ money(
                    wide(amount, 2) ~ " * (" ~ running_weight ~ " - " ~ weight ~ ") / nullif("
                    ~ order_weight ~ ", 0)"
                ) }}
        else 0
    end
{%- endmacro %}


{# The sum of a column over the lines of an order up to this one. #}
{% macro up_to_this_line(column) -%}
    cast(
        sum({{ column }}) over (
            partition by order_id order by order_item_id
            rows between unbounded preceding and current row
        ) as decimal(18, 2)
    )
{%- endmacro %}
