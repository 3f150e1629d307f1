select
    id as product_id,
    name,
    category,
    brand,
    retail_price as list_price,
    row_number
from products
