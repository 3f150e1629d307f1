with orders as (

    select * from {{ ref('int_orders') }}

),

order_lines as (

    select * from {{ ref('int_order_lines') }}

),

lines_of_orders as (

    select
        order_lines.*,
        orders.customer_id,
        orders.order_date,
        orders.status,
        orders.is_paid,
        orders.total_amount as order_total_amount,
        orders.refunded_amount as order_refunded_amount,
        sum(order_lines.line_amount) over (partition by order_lines.order_id)
            as lines_amount

    from order_lines
    inner join orders on order_lines.order_id = orders.order_id

),

-- a line that goes the other way than its order, a discount, is no basis to share by
basis as (

    select
        *,
        greatest(
            case when lines_amount < 0 then -line_amount else line_amount end, 0
        ) as amount_basis,
        cast(abs(quantity) as decimal(18, 2)) as quantity_basis

    from lines_of_orders

),

weighted_lines as (

    select
        *,
        cast(
            case
                when sum(amount_basis) over (partition by order_id) > 0
                    then amount_basis
                when sum(quantity_basis) over (partition by order_id) > 0
                    then quantity_basis
                else 1
            end as decimal(18, 2)
        ) as weight,
        cast(order_total_amount - lines_amount as decimal(18, 2)) as beyond_the_lines

    from basis

),

totalled_lines as (

    select
        *,
        cast(
            line_amount + {{ share_of_order("beyond_the_lines", "weight") }}
            as decimal(18, 2)
        ) as total_amount

    from weighted_lines

),

-- a refund is taken first from the lines whose pieces came back, as far as they were
-- paid for, and what is left of it from what the lines still bring
refundable_lines as (

    select
        *,
        cast(
            greatest(least(refunded_amount, total_amount), 0) as decimal(18, 2)
        ) as own_refund,
        cast(
            greatest(total_amount - greatest(refunded_amount, 0), 0) as decimal(18, 2)
        ) as amount_kept

    from totalled_lines

),

order_refunds as (

    select
        *,
        cast(
            least(
                order_refunded_amount, sum(own_refund) over (partition by order_id)
            ) as decimal(18, 2)
        ) as order_own_refund

    from refundable_lines

),

split_refunds as (

    select
        *,
        cast(order_refunded_amount - order_own_refund as decimal(18, 2))
            as order_other_refund

    from order_refunds

),

refunded_lines as (

    select
        *,
        case
            when status = 'returned' then total_amount
            else
                {{ share_of_order("order_own_refund", "own_refund") }}
                + {{ share_of_order("order_other_refund", "amount_kept") }}
        end as line_refunded_amount

    from split_refunds

),

order_items as (

    select
        order_item_id,
        order_id,
        customer_id,
        product_id,
        order_date,
        is_paid,
        quantity,
        unit_price,
        gross_amount,
        discount_amount,
        total_amount,
        refunded_quantity,
        cast(line_refunded_amount as decimal(18, 2)) as refunded_amount,
        cast(
            case when is_paid then total_amount - line_refunded_amount else 0 end
            as decimal(18, 2)
        ) as net_amount

    from refunded_lines

)

select * from order_items
