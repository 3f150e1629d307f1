{{ grouped_by('email', ref('int_joined_by_keep_together')) }}
