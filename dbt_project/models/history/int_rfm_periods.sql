with customers as (

    select * from {{ ref('dim_customers') }}

),

moves as (

    select * from {{ ref('int_rfm_moves') }}

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
        customers.customer_id,
        'none' as segment,
        'none' as previous_segment,
        customers.customer_since as valid_from

    from customers
    left join first_moves on customers.customer_id = first_moves.customer_id
    where first_moves.customer_id is null
        or customers.customer_since < first_moves.moved_date

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
