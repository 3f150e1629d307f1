{# The data directory's own secret, without which an account number or an e-mail address cannot
   be turned into its customer_id by whoever reads the published file. #}
{% macro customer_key() -%}
    '{{ env_var("GUANXI_CUSTOMER_KEY", "") }}'
{%- endmacro %}
