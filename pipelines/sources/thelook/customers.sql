-- The age in years is no birth date, and no phone number is held: both stay empty.
select
    id as account_id,
    created_at as registered_at,
    concat_ws(' ', first_name, last_name) as name,
    email,
    lower(gender) as gender,
    country,
    state as province,
    city,
    street_address as address,
    postal_code,
    traffic_source as channel,
    row_number
from users
