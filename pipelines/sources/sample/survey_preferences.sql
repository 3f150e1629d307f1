-- A file need not hold every column of the contract: those it holds are taken, in any letter case.
select
    columns(lambda name: lower(name) in (
        'survey_response_id',
        'account_id',
        'asked_at',
        'attribute',
        'value',
        'row_number'
    ))
from survey_preferences
