with touched_orders as (

    select * from {{ ref('touched_orders') }}

),

touched_account_days as (

    select * from {{ ref('touched_account_days') }}

),

touched_accounts as (

    select * from {{ ref('touched_accounts') }}

),

session_days as (

    select * from {{ ref('int_session_days') }}

),

account_owners as (

    select * from {{ ref('account_owners') }}

),

touched_days as (

    select
        account_key,
        order_date as activity_date
    from touched_orders

    union

    select
        account_key,
        event_date as activity_date
    from touched_account_days

    union

    -- who has won or lost an account has other days than before
    select
        session_days.account_key,
        session_days.event_date as activity_date
    from session_days
    inner join touched_accounts
        on session_days.account_key = touched_accounts.account_key

),

touched_customer_days as (

    select
        account_owners.customer_id,
        touched_days.activity_date

    from touched_days
    inner join account_owners on touched_days.account_key = account_owners.account_key
    group by account_owners.customer_id, touched_days.activity_date

)

select * from touched_customer_days
