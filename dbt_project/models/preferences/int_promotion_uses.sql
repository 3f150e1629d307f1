with orders as (

    select
        *,
        {{ first_of_month('order_date') }} as month

    from {{ ref('fct_orders') }}
    where is_purchase

),

order_items as (

    select * from {{ ref('fct_order_items') }}
    where is_paid

),

line_discounts as (

    select
        order_id,
        sum(discount_amount) as discount_amount,
        bool_or(gross_amount < 0) as has_discount_line

    from order_items
    group by order_id

),

-- a coupon, a discount on the whole order or a line that takes something off is one on
-- each of its lines
promoted_orders as (

    select
        orders.order_id,
        orders.customer_id,
        orders.month,
        orders.total_amount,
        orders.line_count,
        orders.has_coupon
        or orders.discount_amount > coalesce(line_discounts.discount_amount, 0)
        or coalesce(line_discounts.has_discount_line, false) as is_promoted

    from orders
    left join line_discounts on orders.order_id = line_discounts.order_id

),

spending as (

    select
        promoted_orders.customer_id,
        promoted_orders.order_id,
        promoted_orders.month,
        promoted_orders.is_promoted or order_items.discount_amount > 0 as is_promoted,
        greatest(order_items.total_amount, 0) as spend

    from order_items
    inner join promoted_orders on order_items.order_id = promoted_orders.order_id

    union all

    select
        customer_id,
        order_id,
        month,
        is_promoted,
        greatest(total_amount, 0) as spend

    from promoted_orders
    where line_count = 0

),

months_of_customers as (

    select
        customer_id,
        month,
        count(distinct order_id) as order_count,
        count(distinct case when is_promoted then order_id end) as promoted_order_count,
        cast(sum(spend) as decimal(18, 2)) as spend,
        cast(sum(case when is_promoted then spend else 0 end) as decimal(18, 2))
            as promoted_spend

    from spending
    where spend > 0
    group by customer_id, month

),

-- what was on offer is what the shop sold on promotion in the month; its share is
-- rounded once, so that customers who did the same are told the same
months as (

    select
        month,
        cast(
            cast(sum(promoted_spend) as double)
            / nullif(cast(sum(spend) as double), 0) as decimal(11, 10)
        ) as offered_share

    from months_of_customers
    group by month

),

promotion_uses as (

    select
        months_of_customers.customer_id,
        cast(sum(months_of_customers.order_count) as bigint) as order_count,
        cast(sum(months_of_customers.promoted_order_count) as bigint)
            as promoted_order_count,
        cast(sum(months_of_customers.spend) as decimal(18, 2)) as spend,
        cast(sum(months_of_customers.promoted_spend) as decimal(18, 2))
            as promoted_spend,
        cast(
            sum({{ wide('months_of_customers.spend', 2) }} * months.offered_share)
            as decimal(30, 12)
        ) as offered_spend

    from months_of_customers
    inner join months on months_of_customers.month = months.month
    where months_of_customers.customer_id is not null
    group by months_of_customers.customer_id

)

select * from promotion_uses
