{# The arithmetic of an order, stated once: for orders as they are known today and as they
   were known on a past date. Each macro is a chain of common table expressions over those
   that it names; what belongs together has the same as_of_date, the date of the knowledge. #}


{# `order_lines` from `orders` and `order_items`: a line with its amounts to the cent. #}
{% macro order_lines() -%}
    known_lines as (

    select
        orders.as_of_date,
        order_items.order_item_id,
        order_items.order_id,
        order_items.product_id,
        orders.status,
        order_items.quantity,
        order_items.unit_price,
        cast(order_items.quantity * order_items.unit_price as decimal(18, 2))
            as gross_amount,
        coalesce(order_items.discount_amount, 0) as discount_amount,
        coalesce(order_items.refunded_quantity, 0) as reported_refunded_quantity

    from order_items
    inner join orders
        on order_items.order_id = orders.order_id
        and order_items.as_of_date = orders.as_of_date

),

refunded_lines as (

    select
        *,
        cast(gross_amount - discount_amount as decimal(18, 2)) as line_amount,
        case
            when status = 'returned' then quantity
            when {{ is_purchase('status') }}
                then greatest(least(reported_refunded_quantity, quantity), 0)
            else 0
        end as refunded_quantity

    from known_lines

),

order_lines as (

    select
        as_of_date,
        order_item_id,
        order_id,
        product_id,
        quantity,
        unit_price,
        gross_amount,
        cast(discount_amount as decimal(18, 2)) as discount_amount,
        line_amount,
        cast(refunded_quantity as bigint) as refunded_quantity,
        case
            when refunded_quantity = 0 then 0
            when refunded_quantity = quantity then line_amount
            else {{ money('line_amount * refunded_quantity / nullif(quantity, 0)') }}
        end as refunded_amount

    from refunded_lines

)
{%- endmacro %}


{# `order_amounts` from `orders`, `order_lines` and `customer_accounts`. #}
{% macro order_amounts() -%}
    line_sums as (

    select
        as_of_date,
        order_id,
        count(*) as line_count,
        sum(quantity) as item_count,
        sum(gross_amount) as items_amount,
        sum(discount_amount) as discount_amount,
        sum(refunded_amount) as refunded_amount

    from order_lines
    group by as_of_date, order_id

),

itemised_orders as (

    select
        orders.as_of_date,
        orders.order_id,
        orders.source_name,
        customer_accounts.customer_id,
        orders.order_date,
        orders.ordered_at,
        orders.status,
        {{ is_paid('orders.status') }} as is_paid,
        {{ is_purchase('orders.status') }} as is_purchase,
        orders.total_amount as given_amount,
        coalesce(line_sums.line_count, 0) as line_count,
        coalesce(line_sums.item_count, 0) as item_count,
        coalesce(line_sums.items_amount, 0) as items_amount,
        coalesce(line_sums.discount_amount, 0) + coalesce(orders.discount_amount, 0)
            as discount_amount,
        coalesce(orders.shipping_amount, 0) as shipping_amount,
        coalesce(orders.tax_amount, 0) as tax_amount,
        coalesce(line_sums.refunded_amount, 0) as lines_refunded_amount,
        coalesce(orders.currency, {{ shop_currency() }}) as currency,
        orders.payment_method,
        orders.device,
        orders.coupon_code is not null as has_coupon

    from orders
    left join line_sums
        on orders.order_id = line_sums.order_id
        and orders.as_of_date = line_sums.as_of_date
    left join customer_accounts on orders.account_key = customer_accounts.account_key

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

order_amounts as (

    select
        as_of_date,
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
{%- endmacro %}


{# A select of what each customer ordered on each day, from orders with their amounts. #}
{% macro order_days(orders) -%}
    select
        as_of_date,
        customer_id,
        order_date as activity_date,
        count(*) filter (where status <> 'credit_note') as order_count,
        count(*) filter (where is_purchase) as purchase_count,
        sum(net_amount) as net_amount,
        sum(case when is_purchase then discount_amount else 0 end) as discount_amount,
        sum(
            case when status = 'credit_note' then -total_amount else refunded_amount end
        ) as refunded_amount

    from {{ orders }}
    where customer_id is not null
    group by as_of_date, customer_id, order_date
{%- endmacro %}
