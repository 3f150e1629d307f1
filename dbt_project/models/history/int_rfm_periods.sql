with customers as (

    select * from {{ ref('dim_customers') }}

),

moves as (

    select * from {{ ref('int_rfm_moves') }}

),

beginnings as (

    select
        customer_id,
        coalesce(least(registered_date, first_order_date), {{ as_of() }})
            as customer_since

    from customers

),

first_moves as (

    select
        customer_id,
        moved_date

    from moves
    where from_group = 'none'

),

-- nobody has bought anything before; who did on the first day, and that a month's last,
-- was never without a group
periods_without_a_group as (

    select
        beginnings.customer_id,
        'none' as segment,
        'none' as previous_segment,
        beginnings.customer_since as valid_from

    from beginnings
    left join first_moves on beginnings.customer_id = first_moves.customer_id
    where first_moves.customer_id is null
        or beginnings.customer_since < first_moves.moved_date

),

periods as (

    select * from periods_without_a_group

    union all

    select
        customer_id,
        to_group as segment,
        from_group as previous_segment,
        moved_date as valid_from

    from moves

)

select * from periods
