with accounts as (

    select * from {{ ref('int_customer_accounts') }}

),

earlier_accounts as (

    select * from {{ source('changed', 'customer_accounts') }}

),

-- without an earlier build nothing is kept, so nothing has to be worked out again
earlier_build as (

    select count(*) as account_count from earlier_accounts

),

touched_accounts as (

    select
        coalesce(accounts.account_key, earlier_accounts.account_key) as account_key,
        accounts.customer_id,
        earlier_accounts.customer_id as earlier_customer_id

    from accounts
    full join earlier_accounts on accounts.account_key = earlier_accounts.account_key
    cross join earlier_build
    where earlier_build.account_count > 0
        and coalesce(accounts.customer_id, '')
        <> coalesce(earlier_accounts.customer_id, '')

)

select * from touched_accounts
