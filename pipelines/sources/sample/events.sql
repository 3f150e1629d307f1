-- A file need not hold every column of the contract: those it holds are taken, in any letter case.
select
    columns(lambda name: lower(name) in (
        'event_id',
        'occurred_at',
        'account_id',
        'anonymous_id',
        'session_id',
        'type',
        'product_id',
        'search_query',
        'device',
        'referrer',
        'row_number'
    ))
from events
