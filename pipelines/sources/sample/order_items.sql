-- A file need not hold every column of the contract: those it holds are taken under their own names.
select
    columns(lambda name: name in (
        'order_item_id',
        'order_id',
        'product_id',
        'quantity',
        'unit_price',
        'discount',
        'refunded_quantity',
        'row_number'
    ))
from order_items
