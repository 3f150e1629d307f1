{{ config(**kept('order_id', 'touched_orders')) }}

with orders as (

    select * from {{ ref('int_orders') }}
    {{ where_touched('order_id', ref('touched_orders')) }}

),

order_lines as (

    select * from {{ ref('int_order_lines') }}
    {{ where_touched('order_id', ref('touched_orders')) }}

),

line_sums as (

    select
        order_id,
        sum(line_amount) as lines_amount,
        sum(greatest(line_amount, 0)) as amount_added,
        sum(abs(quantity)) as pieces

    from order_lines
    group by order_id

),

-- most orders are worth what their lines are, and are paid or given back as a whole:
-- only in the others something has to be shared out
sharing_orders as (

    select
        orders.order_id,
        orders.status,
        orders.refunded_amount,
        cast(orders.total_amount - line_sums.lines_amount as decimal(18, 2))
            as beyond_the_lines,
        line_sums.lines_amount,
        line_sums.amount_added,
        line_sums.pieces

    from orders
    inner join line_sums on orders.order_id = line_sums.order_id
    where orders.total_amount <> line_sums.lines_amount
        or (orders.refunded_amount <> 0 and orders.status <> 'returned')

),

-- a line that goes the other way than its order, a discount, is no basis to share by
weighted_lines as (

    select
        order_lines.order_id,
        order_lines.order_item_id,
        order_lines.line_amount,
        order_lines.refunded_amount,
        sharing_orders.beyond_the_lines,
        cast(
            case
                when sharing_orders.lines_amount < 0
                    then greatest(-order_lines.line_amount, 0)
                when sharing_orders.amount_added > 0
                    then greatest(order_lines.line_amount, 0)
                when sharing_orders.pieces > 0 then abs(order_lines.quantity)
                else 1
            end as decimal(18, 2)
        ) as weight

    from order_lines
    inner join sharing_orders on order_lines.order_id = sharing_orders.order_id

),

order_weights as (

    select
        order_id,
        cast(sum(weight) as decimal(18, 2)) as order_weight

    from weighted_lines
    group by order_id

),

running_lines as (

    select
        *,
        {{ up_to_this_line("weight") }} as running_weight

    from weighted_lines

),

totalled_lines as (

    select
        running_lines.order_id,
        running_lines.order_item_id,
        running_lines.refunded_amount,
        cast(
            running_lines.line_amount + {{ share_of_order(
                "running_lines.beyond_the_lines",
                "running_lines.weight",
                "running_lines.running_weight",
                "order_weights.order_weight",
            ) }} as decimal(18, 2)
        ) as total_amount

    from running_lines
    inner join order_weights on running_lines.order_id = order_weights.order_id

),

-- a refund is taken first from the lines whose pieces came back, as far as they were
-- paid for, and what is left of it from what the lines still bring
refundable_lines as (

    select
        order_id,
        order_item_id,
        total_amount,
        cast(
            greatest(least(refunded_amount, total_amount), 0) as decimal(18, 2)
        ) as own_refund,
        cast(
            greatest(total_amount - greatest(refunded_amount, 0), 0) as decimal(18, 2)
        ) as amount_kept

    from totalled_lines

),

refund_sums as (

    select
        order_id,
        cast(sum(own_refund) as decimal(18, 2)) as own_refunds,
        cast(sum(amount_kept) as decimal(18, 2)) as amounts_kept

    from refundable_lines
    group by order_id

),

running_refunds as (

    select
        *,
        {{ up_to_this_line("own_refund") }} as running_own_refund,
        {{ up_to_this_line("amount_kept") }} as running_amount_kept

    from refundable_lines

),

split_refunds as (

    select
        running_refunds.*,
        sharing_orders.status,
        refund_sums.own_refunds,
        refund_sums.amounts_kept,
        least(sharing_orders.refunded_amount, refund_sums.own_refunds)
            as order_own_refund,
        cast(
            greatest(sharing_orders.refunded_amount - refund_sums.own_refunds, 0)
            as decimal(18, 2)
        ) as order_other_refund

    from running_refunds
    inner join sharing_orders on running_refunds.order_id = sharing_orders.order_id
    inner join refund_sums on running_refunds.order_id = refund_sums.order_id

),

shared_lines as (

    select
        order_item_id,
        total_amount,
        cast(
            case
                when status = 'returned' then total_amount
                else
                    {{ share_of_order(
                        "order_own_refund",
                        "own_refund",
                        "running_own_refund",
                        "own_refunds",
                    ) }}
                    + {{ share_of_order(
                        "order_other_refund",
                        "amount_kept",
                        "running_amount_kept",
                        "amounts_kept",
                    ) }}
            end as decimal(18, 2)
        ) as refunded_amount

    from split_refunds

),

paid_lines as (

    select
        order_lines.order_item_id,
        order_lines.order_id,
        orders.customer_id,
        order_lines.product_id,
        orders.order_date,
        orders.is_paid,
        order_lines.quantity,
        order_lines.unit_price,
        order_lines.gross_amount,
        order_lines.discount_amount,
        coalesce(shared_lines.total_amount, order_lines.line_amount) as total_amount,
        order_lines.refunded_quantity,
        coalesce(
            shared_lines.refunded_amount,
            case when orders.status = 'returned' then order_lines.line_amount else 0 end
        ) as refunded_amount

    from order_lines
    inner join orders on order_lines.order_id = orders.order_id
    left join shared_lines on order_lines.order_item_id = shared_lines.order_item_id

),

order_items as (

    select
        *,
        cast(
            case when is_paid then total_amount - refunded_amount else 0 end
            as decimal(18, 2)
        ) as net_amount

    from paid_lines

)

select * from order_items
