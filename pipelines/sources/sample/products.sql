-- A file need not hold every column of the contract: those it holds are taken under their own names.
select
    columns(lambda name: name in (
        'product_id',
        'name',
        'category',
        'subcategory',
        'brand',
        'list_price',
        'row_number'
    ))
from products
