-- First invoice and last known country come from all files, so that every part says the same of an account.
with accounts_in_file as (

    select
        customer_id as account_id,
        min(row_number) as row_number
    from lines
    where customer_id is not null
    group by customer_id

),

accounts as (

    select
        customer_id as account_id,
        min(invoice_date) as registered_at,
        max_by(country, (invoice_date, country)) as country
    from every_line
    where customer_id is not null
    group by customer_id

)

select
    account_id,
    registered_at,
    country,
    row_number
from accounts_in_file
inner join accounts using (account_id)
