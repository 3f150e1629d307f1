-- Every line is one piece; a returned line is one piece refunded.
select
    id as order_item_id,
    order_id,
    product_id,
    1 as quantity,
    sale_price as unit_price,
    case when status = 'Returned' then 1 else 0 end as refunded_quantity,
    row_number
from order_items
