-- Lines carry no number: the digest of all they say stands in for it, so a line that is repeated is the same line.
select
    md5(concat_ws(
        chr(31),
        coalesce(invoice_no, ''),
        coalesce(stock_code, ''),
        coalesce(description, ''),
        coalesce(cast(quantity as varchar), ''),
        coalesce(cast(invoice_date as varchar), ''),
        coalesce(cast(unit_price as varchar), ''),
        coalesce(cast(customer_id as varchar), ''),
        coalesce(country, '')
    )) as order_item_id,
    invoice_no as order_id,
    product_id,
    quantity,
    unit_price,
    row_number,
    set_aside_reason
from judged_lines
