{{ grouped_by('device', ref('int_joined_by_landline')) }}
