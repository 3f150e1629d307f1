with carts as (

    select * from {{ ref('int_carts') }}

),

orders as (

    select * from {{ ref('fct_orders') }}
    where customer_id is not null and status <> 'credit_note'

),

-- the secret that customer ids are made with: an id tells nothing of its event
customer_key as (

    select * from {{ source('raw', 'customer_key') }}

),

judged_carts as (

    select
        'k_' || left(md5(customer_key.customer_key || carts.first_add_id), 16)
            as cart_id,
        carts.customer_id,
        {{ business_date('carts.opened_at') }} as opened_date,
        carts.opened_at,
        carts.last_touched_at,
        carts.item_count,
        carts.cart_amount,
        case
            when carts.emptied_at is not null then 'emptied'
            when carts.order_id is not null then 'paid'
            when carts.last_touched_at + {{ cart_lifetime() }} < {{ end_of_as_of() }}
                then 'abandoned'
            else 'open'
        end as state,
        carts.order_id

    from carts
    cross join customer_key

),

-- who orders soon after is won back, whether with that cart or another
rescues as (

    select
        judged_carts.cart_id,
        min_by(orders.order_id, (orders.ordered_at, orders.order_id))
            as rescued_order_id

    from judged_carts
    inner join orders
        on judged_carts.customer_id = orders.customer_id
        and judged_carts.last_touched_at + {{ cart_lifetime() }} < orders.ordered_at
        and judged_carts.last_touched_at + {{ cart_lifetime() }}
        + interval {{ var('cart_rescue_days') }} day >= orders.ordered_at
    where judged_carts.state = 'abandoned'
    group by judged_carts.cart_id

),

rescued_carts as (

    select
        judged_carts.*,
        case
            when judged_carts.state = 'abandoned'
                then judged_carts.last_touched_at + {{ cart_lifetime() }}
        end as abandoned_at,
        rescues.rescued_order_id is not null as is_rescued,
        rescues.rescued_order_id

    from judged_carts
    left join rescues on judged_carts.cart_id = rescues.cart_id

)

select * from rescued_carts
