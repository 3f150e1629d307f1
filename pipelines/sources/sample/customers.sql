-- A file need not hold every column of the contract: those it holds are taken, in any letter case.
select
    columns(lambda name: lower(name) in (
        'account_id',
        'registered_at',
        'name',
        'email',
        'phone',
        'gender',
        'birth_date',
        'occupation',
        'country',
        'province',
        'city',
        'address',
        'postal_code',
        'channel',
        'updated_at',
        'row_number'
    ))
from customers
