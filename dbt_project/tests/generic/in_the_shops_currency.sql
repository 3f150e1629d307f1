{# A row holds money in another currency than the shop's. #}
{% test in_the_shops_currency(model, column_name) %}

select {{ column_name }}
from {{ model }}
where {{ column_name }} <> {{ shop_currency() }}

{% endtest %}
