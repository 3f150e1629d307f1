-- A file need not hold every column of the contract: those it holds are taken, in any letter case.
select
    columns(lambda name: lower(name) in (
        'product_id',
        'name',
        'category',
        'subcategory',
        'brand',
        'list_price',
        'row_number'
    ))
from products
