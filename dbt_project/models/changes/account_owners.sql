with accounts as (

    select * from {{ ref('int_customer_accounts') }}

),

touched_accounts as (

    select * from {{ ref('touched_accounts') }}

),

account_owners as (

    select
        account_key,
        customer_id
    from accounts

    union

    select
        account_key,
        earlier_customer_id as customer_id
    from touched_accounts
    where earlier_customer_id is not null

)

select * from account_owners
