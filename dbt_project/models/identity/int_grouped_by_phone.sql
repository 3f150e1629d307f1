{{ grouped_by('phone', ref('int_joined_by_email')) }}
