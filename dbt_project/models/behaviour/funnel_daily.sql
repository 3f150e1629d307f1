with sessions as (

    select * from {{ ref('fct_sessions') }}

),

-- whoever came further has been there before, whether or not the log knows of it
reached_steps as (

    select
        session_date,
        device,
        channel,
        case
            when order_count > 0 then 4
            when checkout_count > 0 then 3
            when cart_count > 0 then 2
            when view_count > 0 then 1
            else 0
        end as step

    from sessions

),

funnel as (

    select
        session_date as date,
        device,
        channel,
        count(*) as session_count,
        count(*) filter (where step >= 1) as view_sessions,
        count(*) filter (where step >= 2) as cart_sessions,
        count(*) filter (where step >= 3) as checkout_sessions,
        count(*) filter (where step >= 4) as order_sessions

    from reached_steps
    group by session_date, device, channel

)

select * from funnel
