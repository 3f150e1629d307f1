{{ grouped_by('landline', ref('int_joined_by_phone')) }}
