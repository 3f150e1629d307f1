-- A file need not hold every column of the contract: those it holds are taken, in any letter case.
select
    columns(lambda name: lower(name) in (
        'ticket_id',
        'account_id',
        'opened_at',
        'first_response_at',
        'resolved_at',
        'channel',
        'level',
        'topic',
        'is_complaint',
        'csat',
        'order_id',
        'updated_at',
        'row_number'
    ))
from tickets
