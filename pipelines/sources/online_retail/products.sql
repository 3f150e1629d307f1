-- The clerks also wrote remarks into the description: the text seen most often on priced lines of all files is the name.
with sold_in_file as (

    select
        product_id,
        min(row_number) as row_number
    from judged_lines
    where set_aside_reason is null
    group by product_id

),

descriptions as (

    select
        upper(trim(stock_code)) as product_id,
        trim(description) as description,
        count(*) as line_count
    from every_line
    where unit_price > 0 and trim(description) <> ''
    group by all

),

names as (

    select
        product_id,
        max_by(description, (line_count, description)) as name
    from descriptions
    group by product_id

)

select
    product_id,
    name,
    row_number
from sold_in_file
left join names using (product_id)
