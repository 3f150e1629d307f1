with orders as (

    select * from {{ ref('stg_orders') }}

),

order_lines as (

    select * from {{ ref('int_order_lines') }}

),

customer_accounts as (

    select * from {{ ref('int_customer_accounts') }}

),

line_sums as (

    select
        order_id,
        count(*) as line_count,
        sum(quantity) as item_count,
        sum(gross_amount) as items_amount,
        sum(discount_amount) as discount_amount,
        sum(refunded_amount) as refunded_amount

    from order_lines
    group by order_id

),

itemised_orders as (

    select
        orders.order_id,
        orders.source_name,
        customer_accounts.customer_id,
        orders.order_date,
        orders.ordered_at,
        orders.status,
        orders.status in ('paid', 'shipped', 'delivered', 'returned', 'credit_note')
            as is_paid,
        orders.status in ('paid', 'shipped', 'delivered', 'returned') as is_purchase,
        orders.total_amount as given_amount,
        coalesce(line_sums.line_count, 0) as line_count,
        coalesce(line_sums.item_count, 0) as item_count,
        coalesce(line_sums.items_amount, 0) as items_amount,
        coalesce(line_sums.discount_amount, 0) + coalesce(orders.discount_amount, 0)
            as discount_amount,
        coalesce(orders.shipping_amount, 0) as shipping_amount,
        coalesce(orders.tax_amount, 0) as tax_amount,
        coalesce(line_sums.refunded_amount, 0) as lines_refunded_amount,
        coalesce(orders.currency, '{{ required_variable("currency") }}')
            as currency,
        orders.payment_method,
        orders.device,
        orders.coupon_code is not null as has_coupon

    from orders
    left join line_sums on orders.order_id = line_sums.order_id
    left join customer_accounts on orders.account_key = customer_accounts.account_key
    where orders.order_date <= {{ as_of() }}

),

totalled_orders as (

    select
        *,
        coalesce(
            given_amount,
            items_amount + shipping_amount + tax_amount - discount_amount
        ) as total_amount

    from itemised_orders

),

-- what lines give back knows nothing of a discount on the whole order, so together it
-- can exceed the total
refunded_orders as (

    select
        *,
        case
            when status = 'returned' then total_amount
            when is_purchase
                then greatest(least(lines_refunded_amount, total_amount), 0)
            else 0
        end as refunded_amount

    from totalled_orders

),

enriched_orders as (

    select
        order_id,
        source_name,
        customer_id,
        order_date,
        ordered_at,
        status,
        is_paid,
        is_purchase,
        given_amount is not null as is_total_given,
        line_count,
        cast(item_count as bigint) as item_count,
        cast(items_amount as decimal(18, 2)) as items_amount,
        cast(discount_amount as decimal(18, 2)) as discount_amount,
        cast(shipping_amount as decimal(18, 2)) as shipping_amount,
        cast(tax_amount as decimal(18, 2)) as tax_amount,
        cast(total_amount as decimal(18, 2)) as total_amount,
        cast(refunded_amount as decimal(18, 2)) as refunded_amount,
        cast(
            case when is_paid then total_amount - refunded_amount else 0 end
            as decimal(18, 2)
        ) as net_amount,
        currency,
        payment_method,
        device,
        has_coupon

    from refunded_orders

)

select * from enriched_orders
