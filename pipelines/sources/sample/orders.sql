-- A file need not hold every column of the contract: those it holds are taken, in any letter case.
select
    columns(lambda name: lower(name) in (
        'order_id',
        'account_id',
        'guest_email',
        'guest_phone',
        'ordered_at',
        'paid_at',
        'shipped_at',
        'delivered_at',
        'status',
        'currency',
        'total',
        'discount',
        'shipping',
        'tax',
        'payment_method',
        'device',
        'coupon_code',
        'updated_at',
        'row_number'
    ))
from orders
