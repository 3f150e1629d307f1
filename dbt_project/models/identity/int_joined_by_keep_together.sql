{{ joined_by('keep_together', '(select node, node as component from ' ~ ref('int_linked_accounts') ~ ')') }}
