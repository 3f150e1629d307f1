{{ config(meta={'dagster': {'ref': {'name': 'int_customer_accounts'}}}) }}

-- A row is an identifier that may link and yet leads to two customers: too few rounds
-- of linking.
with identifiers as (

    select * from {{ ref('int_account_identifiers') }}

),

customer_accounts as (

    select * from {{ ref('int_customer_accounts') }}

)

select
    identifiers.identifier_type,
    min(customer_accounts.customer_id) as one_customer_id,
    max(customer_accounts.customer_id) as another_customer_id

from identifiers
inner join customer_accounts
    on identifiers.account_key = customer_accounts.account_key
where identifiers.identifier_status = 'linking'
group by identifiers.identifier_type, identifiers.identifier_value
having count(distinct customer_accounts.customer_id) > 1
