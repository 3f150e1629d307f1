{# The arithmetic of an order, stated once: for orders as they are known today and as they
   were known on a past date. Each macro is a chain of common table expressions over those
   that it names; what belongs together has the same as_of_date, the date of the knowledge. #}


{# `rated_orders` from `orders`: what one unit of an order's money is worth in the shop's. An
   order that names no currency is in the shop's, whose rate is 1; no rate is told where
   there is none, which a test stops. #}
{% macro rated_orders() -%}
    rated_orders as (

    select
        orders.*,
        upper(coalesce(orders.currency, {{ shop_currency() }})) as original_currency,
        case
            when orders.currency is null then 1
            when upper(orders.currency) = {{ shop_currency() }} then 1
            else exchange_rates.rate
        end as exchange_rate

    from orders
    left join {{ ref('int_exchange_rates') }} as exchange_rates
        on upper(orders.currency) = exchange_rates.currency
        and orders.order_date >= exchange_rates.valid_from
        and orders.order_date < exchange_rates.valid_to

)
{%- endmacro %}


{# Money of an order in the shop's currency, to the cent; most orders are in it already. #}
{% macro in_shop_currency(amount) -%}
    case
        when exchange_rate = 1 then {{ amount }}
        else cast({{ wide(amount, 2) }} * exchange_rate as decimal(18, 2))
    end
{%- endmacro %}


{# `order_lines` from `rated_orders` and `order_items`: a line with its amounts to the cent.
   The price of a piece is converted first, so that quantity x price still is the amount. #}
{% macro order_lines() -%}
    known_lines as (

    select
        rated_orders.as_of_date,
        order_items.order_item_id,
        order_items.order_id,
        order_items.product_id,
        rated_orders.status,
        order_items.quantity,
        case
            when rated_orders.exchange_rate = 1 then order_items.unit_price
            else
                cast(
                    {{ wide('order_items.unit_price', 4) }}
                    * rated_orders.exchange_rate
                    as decimal(18, 4)
                )
        end as unit_price,
        {{ in_shop_currency("coalesce(order_items.discount_amount, 0)") }}
            as discount_amount,
        coalesce(order_items.refunded_quantity, 0) as reported_refunded_quantity

    from order_items
    inner join rated_orders
        on order_items.order_id = rated_orders.order_id
        and order_items.as_of_date = rated_orders.as_of_date

),

priced_lines as (

    select
        *,
        cast(quantity * unit_price as decimal(18, 2)) as gross_amount

    from known_lines

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

    from priced_lines

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


{# `order_amounts` from `rated_orders`, `order_lines` and `customer_accounts`. #}
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
        rated_orders.as_of_date,
        rated_orders.order_id,
        rated_orders.source_name,
        customer_accounts.customer_id,
        rated_orders.order_date,
        rated_orders.ordered_at,
        rated_orders.status,
        {{ is_paid('rated_orders.status') }} as is_paid,
        {{ is_purchase('rated_orders.status') }} as is_purchase,
        {{ in_shop_currency("rated_orders.total_amount") }} as given_amount,
        coalesce(line_sums.line_count, 0) as line_count,
        coalesce(line_sums.item_count, 0) as item_count,
        coalesce(line_sums.items_amount, 0) as items_amount,
        coalesce(line_sums.discount_amount, 0)
        + {{ in_shop_currency("coalesce(rated_orders.discount_amount, 0)") }}
            as discount_amount,
        {{ in_shop_currency("coalesce(rated_orders.shipping_amount, 0)") }}
            as shipping_amount,
        {{ in_shop_currency("coalesce(rated_orders.tax_amount, 0)") }}
            as tax_amount,
        coalesce(line_sums.refunded_amount, 0) as lines_refunded_amount,
        {{ shop_currency() }} as currency,
        rated_orders.original_currency,
        rated_orders.exchange_rate,
        rated_orders.payment_method,
        rated_orders.device,
        rated_orders.coupon_code is not null as has_coupon

    from rated_orders
    left join line_sums
        on rated_orders.order_id = line_sums.order_id
        and rated_orders.as_of_date = line_sums.as_of_date
    left join customer_accounts
        on rated_orders.account_key = customer_accounts.account_key

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
        original_currency,
        cast(exchange_rate as decimal(18, 8)) as exchange_rate,
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
