-- Only pages of a product name one; home and department pages show none, so they are no views of a product.
select
    id as event_id,
    created_at as occurred_at,
    user_id as account_id,
    session_id,
    case event_type
        when 'product' then 'view'
        when 'cart' then 'add_to_cart'
        when 'purchase' then 'purchase'
        when 'cancel' then 'cancel'
        when 'home' then 'other'
        when 'department' then 'other'
        else event_type
    end as type,
    nullif(regexp_extract(uri, '^/product/([0-9]+)', 1), '') as product_id,
    traffic_source as referrer,
    row_number
from events
