with device_accounts as (

    select * from {{ ref('int_account_devices') }}

),

customer_accounts as (

    select * from {{ ref('int_customer_accounts') }}

),

-- who shares a device shares no visits
device_owners as (

    select
        device_accounts.anonymous_id,
        min(customer_accounts.customer_id) as customer_id

    from device_accounts
    inner join customer_accounts
        on device_accounts.account_key = customer_accounts.account_key
    group by device_accounts.anonymous_id
    having min(customer_accounts.customer_id) = max(customer_accounts.customer_id)

)

select * from device_owners
