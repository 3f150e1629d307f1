-- Every line of the file, with the reason why it is no sale of its own.
-- The table of 2009 and 2010 runs to 2010-12-09 and repeats the first nine days of the table that begins on
-- 2010-12-01: a file that starts before that day is believed only up to it.
with file_range as (

    select min(invoice_date) as starts_at from lines

)

select
    lines.*,
    upper(trim(stock_code)) as product_id,
    starts_with(upper(invoice_no), 'C') as is_credit_note,
    case
        when starts_at < timestamp '2010-12-01' and invoice_date >= timestamp '2010-12-01'
            then 'the table that begins on 2010-12-01 holds this line too'
        when unit_price <= 0
            then 'the price is not above zero: a write-off, a gift or an adjustment, not a sale'
        when
            product_id in ('AMAZONFEE', 'BANK CHARGES', 'CRUK', 'B', 'S')
            or starts_with(product_id, 'ADJUST')
            or starts_with(product_id, 'TEST')
            then 'stock code ' || product_id || ' books a fee, a sample, a test or an adjustment, not a sale'
    end as set_aside_reason
from lines
cross join file_range
