{% set alone = ref('int_linked_accounts') %}
{{ grouped_by('keep_together', '(select node, node as component from ' ~ alone ~ ')') }}
