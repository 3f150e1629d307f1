{# What the state of an order means for its money, said once; every table below int_orders
   has it as the columns is_purchase and is_paid. #}


{# Whether it is a purchase: the shop was paid, whatever was given back since. #}
{% macro is_purchase(status) -%}
    {{ status }} in ('paid', 'shipped', 'delivered', 'returned')
{%- endmacro %}


{# Whether it counts in net sales: a purchase, or a credit note, which takes from them. #}
{% macro is_paid(status) -%}
    ({{ is_purchase(status) }} or {{ status }} = 'credit_note')
{%- endmacro %}
