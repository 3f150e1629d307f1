with past_dates as (

    select as_of_date from {{ ref('int_as_of_dates') }}
    where not is_today

),

todays_orders as (

    select
        *,
        cast(null as date) as known_from,
        cast(null as date) as known_until

    from {{ ref('stg_orders') }}

),

todays_items as (

    select
        *,
        cast(null as date) as known_from,
        cast(null as date) as known_until

    from {{ ref('stg_order_items') }}

),

customer_accounts as (

    select * from {{ ref('int_customer_accounts') }}

),

past_customers as (

    select * from {{ ref('int_past_customers') }}

),

superseded_orders as (

    select * from {{ ref('stg_superseded_orders') }}

),

-- of whom no past date is told, no order need be known as it was
described_versions as (

    select
        superseded_orders.order_id,
        superseded_orders.order_date
    from superseded_orders
    inner join customer_accounts
        on superseded_orders.account_key = customer_accounts.account_key
    inner join past_customers
        on customer_accounts.customer_id = past_customers.customer_id

    union all

    select
        orders.order_id,
        orders.order_date
    from {{ ref('int_orders') }} as orders
    inner join past_customers on orders.customer_id = past_customers.customer_id

),

-- nor as of a date before which none of its reports says that it was placed
described_orders as (

    select
        order_id,
        min(order_date) as earliest_date

    from described_versions
    group by order_id

),

past_orders as (

    select
        superseded_orders.*,
        past_dates.as_of_date

    from superseded_orders
    inner join described_orders
        on superseded_orders.order_id = described_orders.order_id
    inner join past_dates
        on superseded_orders.known_until >= past_dates.as_of_date
        and coalesce(superseded_orders.known_from, past_dates.as_of_date)
        <= past_dates.as_of_date
        and described_orders.earliest_date <= past_dates.as_of_date

),

past_items as (

    select
        superseded_items.*,
        past_dates.as_of_date

    from {{ ref('stg_superseded_order_items') }} as superseded_items
    inner join past_dates
        on superseded_items.known_until >= past_dates.as_of_date
        and coalesce(superseded_items.known_from, past_dates.as_of_date)
        <= past_dates.as_of_date

),

-- an order is another one when it was reported otherwise, or one of its lines was, or
-- when a line has come to it since from another order
restated_orders as (

    select
        as_of_date,
        order_id
    from past_orders

    union

    select
        as_of_date,
        order_id
    from past_items

    union

    select
        past_items.as_of_date,
        todays_items.order_id
    from past_items
    inner join todays_items on past_items.order_item_id = todays_items.order_item_id

),

changed_orders as (

    select restated_orders.*
    from restated_orders
    inner join described_orders
        on restated_orders.order_id = described_orders.order_id
        and restated_orders.as_of_date >= described_orders.earliest_date

),

orders as (

    select * from past_orders

    union all

    select
        todays_orders.*,
        changed_orders.as_of_date

    from todays_orders
    inner join changed_orders on todays_orders.order_id = changed_orders.order_id
    left join past_orders
        on changed_orders.order_id = past_orders.order_id
        and changed_orders.as_of_date = past_orders.as_of_date
    where past_orders.order_id is null

),

order_items as (

    select * from past_items

    union all

    select
        todays_items.*,
        changed_orders.as_of_date

    from todays_items
    inner join changed_orders on todays_items.order_id = changed_orders.order_id
    left join past_items
        on todays_items.order_item_id = past_items.order_item_id
        and changed_orders.as_of_date = past_items.as_of_date
    where past_items.order_item_id is null

),

{{ rated_orders() }},

{{ order_lines() }},

{{ order_amounts() }}

select * from order_amounts
