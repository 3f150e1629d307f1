with touched_orders as (

    select * from {{ ref('touched_orders') }}

),

account_owners as (

    select * from {{ ref('account_owners') }}

),

orders as (

    select * from {{ ref('int_orders') }}

),

touched_customers as (

    select account_owners.customer_id
    from touched_orders
    inner join account_owners on touched_orders.account_key = account_owners.account_key
    group by account_owners.customer_id

),

-- one order more or less gives its customer's later ones another number
renumbered_orders as (

    select order_id from touched_orders

    union

    select orders.order_id
    from orders
    inner join touched_customers on orders.customer_id = touched_customers.customer_id

)

select * from renumbered_orders
