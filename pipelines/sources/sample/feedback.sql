-- A file need not hold every column of the contract: those it holds are taken, in any letter case.
select
    columns(lambda name: lower(name) in (
        'feedback_id',
        'account_id',
        'order_id',
        'product_id',
        'submitted_at',
        'kind',
        'score',
        'text',
        'topic',
        'status',
        'answered_at',
        'updated_at',
        'row_number'
    ))
from feedback
