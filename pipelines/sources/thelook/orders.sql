-- An order holds no amounts: the total is the sum of its lines.
select
    order_id,
    user_id as account_id,
    created_at as ordered_at,
    shipped_at,
    delivered_at,
    case status
        when 'Complete' then 'delivered'
        when 'Shipped' then 'shipped'
        when 'Processing' then 'paid'
        when 'Cancelled' then 'cancelled'
        when 'Returned' then 'returned'
        else status
    end as status,
    row_number
from orders
