{% set alone = ref('int_linked_accounts') %}
{{ joined_by('keep_together', '(select node, node as component from ' ~ alone ~ ')') }}
