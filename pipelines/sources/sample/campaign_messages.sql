-- A file need not hold every column of the contract: those it holds are taken, in any letter case.
select
    columns(lambda name: lower(name) in (
        'message_event_id',
        'campaign_id',
        'message_id',
        'account_id',
        'channel',
        'audience',
        'event',
        'occurred_at',
        'is_machine_open',
        'row_number'
    ))
from campaign_messages
