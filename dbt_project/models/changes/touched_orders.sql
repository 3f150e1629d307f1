with reported_orders as (

    select
        order_id,
        account_key,
        order_date

    from {{ ref('stg_changed_orders') }}

),

reported_items as (

    select order_id from {{ ref('stg_changed_order_items') }}
    group by order_id

),

touched_accounts as (

    select * from {{ ref('touched_accounts') }}

),

orders as (

    select
        order_id,
        account_key,
        order_date

    from {{ ref('stg_orders') }}

),

-- as they were before and as they are
touched_orders as (

    select
        order_id,
        account_key,
        order_date
    from reported_orders

    union

    select
        orders.order_id,
        orders.account_key,
        orders.order_date
    from orders
    inner join reported_items on orders.order_id = reported_items.order_id

    union

    select
        orders.order_id,
        orders.account_key,
        orders.order_date
    from orders
    inner join touched_accounts on orders.account_key = touched_accounts.account_key

)

select * from touched_orders
