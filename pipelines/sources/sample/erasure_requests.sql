-- A file need not hold every column of the contract: those it holds are taken, in any letter case.
select
    columns(lambda name: lower(name) in (
        'request_id',
        'requested_at',
        'identifier',
        'row_number'
    ))
from erasure_requests
