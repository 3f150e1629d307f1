with returns as (

    select * from {{ ref('stg_returns') }}

),

orders as (

    select * from {{ ref('fct_orders') }}

),

joined as (

    select
        returns.return_id,
        returns.order_id,
        orders.customer_id,
        returns.return_date,
        {{ days_between('orders.order_date', 'returns.return_date') }} as days_kept

    from returns
    left join orders on returns.order_id = orders.order_id

)

select * from joined
