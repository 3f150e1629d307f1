-- A file need not hold every column of the contract: those it holds are taken, in any letter case.
select
    columns(lambda name: lower(name) in (
        'consent_id',
        'account_id',
        'channel',
        'is_granted',
        'changed_at',
        'source',
        'row_number'
    ))
from consents
