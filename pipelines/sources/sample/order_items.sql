-- A file need not hold every column of the contract: those it holds are taken, in any letter case.
select
    columns(lambda name: lower(name) in (
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
