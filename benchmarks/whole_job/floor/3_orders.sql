-- What was ordered and what it brought. An order's money beyond its lines is shared among them to the cent.

create temp macro money(amount) as cast(cast(amount as decimal(28, 6)) as decimal(18, 2));

create temp macro share(amount, weight, running, whole) as
    case
        when amount <> 0 and whole > 0
            then money(amount * running / whole) - money(amount * (running - weight) / whole)
        else 0
    end;

create temp table order_lines as
with lines as (
    select
        order_items.order_item_id,
        order_items.order_id,
        order_items.product_id,
        order_items.quantity,
        order_items.unit_price,
        cast(order_items.quantity * order_items.unit_price as decimal(18, 2)) as gross_amount,
        coalesce(order_items.discount, 0) as discount_amount,
        case
            when orders.status = 'returned' then order_items.quantity
            when orders.status in ('paid', 'shipped', 'delivered')
                then greatest(least(coalesce(order_items.refunded_quantity, 0), order_items.quantity), 0)
            else 0
        end as refunded_quantity
    from order_items
    inner join orders on order_items.order_id = orders.order_id
)
select
    *,
    cast(gross_amount - discount_amount as decimal(18, 2)) as line_amount,
    case
        when refunded_quantity = 0 then 0
        when refunded_quantity = quantity then cast(gross_amount - discount_amount as decimal(18, 2))
        else money(cast(gross_amount - discount_amount as decimal(18, 2)) * refunded_quantity / quantity)
    end as refunded_amount
from lines;

create table marts.fct_orders as
with line_sums as (
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
totalled as (
    select
        orders.*,
        customer_accounts.customer_id,
        orders.status in ('paid', 'shipped', 'delivered', 'returned') as is_purchase,
        orders.status in ('paid', 'shipped', 'delivered', 'returned', 'credit_note') as is_paid,
        coalesce(line_sums.line_count, 0) as line_count,
        coalesce(line_sums.item_count, 0) as item_count,
        coalesce(line_sums.items_amount, 0) as items_amount,
        coalesce(line_sums.discount_amount, 0) + coalesce(orders.discount, 0) as discount_amount,
        coalesce(line_sums.refunded_amount, 0) as lines_refunded_amount,
        coalesce(
            orders.total,
            coalesce(line_sums.items_amount, 0) + coalesce(orders.shipping, 0) + coalesce(orders.tax, 0)
            - coalesce(line_sums.discount_amount, 0) - coalesce(orders.discount, 0)
        ) as total_amount
    from orders
    left join line_sums on orders.order_id = line_sums.order_id
    left join customer_accounts
        on coalesce(orders.account_id, guest_key(orders.guest_email, orders.guest_phone))
        = customer_accounts.account_key
),
refunded as (
    select
        *,
        case
            when status = 'returned' then total_amount
            when is_purchase then greatest(least(lines_refunded_amount, total_amount), 0)
            else 0
        end as refunded_amount
    from totalled
)
select
    'sample:' || order_id as order_id,
    'sample' as source_name,
    customer_id,
    order_date,
    timezone('UTC', timezone('Asia/Shanghai', ordered_at)) as ordered_at,
    status,
    is_paid,
    is_purchase,
    case
        when is_purchase and customer_id is not null
            then row_number() over (partition by customer_id, is_purchase order by ordered_at, order_id)
    end as purchase_number,
    line_count,
    cast(item_count as bigint) as item_count,
    cast(items_amount as decimal(18, 2)) as items_amount,
    cast(discount_amount as decimal(18, 2)) as discount_amount,
    cast(coalesce(shipping, 0) as decimal(18, 2)) as shipping_amount,
    cast(coalesce(tax, 0) as decimal(18, 2)) as tax_amount,
    cast(total_amount as decimal(18, 2)) as total_amount,
    cast(refunded_amount as decimal(18, 2)) as refunded_amount,
    cast(case when is_paid then total_amount - refunded_amount else 0 end as decimal(18, 2)) as net_amount,
    coalesce(currency, 'CNY') as currency,
    coalesce(currency, 'CNY') as original_currency,
    1 as exchange_rate,
    payment_method,
    device,
    coupon_code is not null as has_coupon
from refunded;

create table marts.fct_order_items as
with lines as (
    select
        order_lines.* exclude (order_id),
        'sample:' || order_lines.order_id as order_id,
        sum(order_lines.line_amount) over (partition by order_lines.order_id) as lines_amount,
        sum(greatest(order_lines.line_amount, 0)) over (partition by order_lines.order_id) as amount_added,
        sum(abs(order_lines.quantity)) over (partition by order_lines.order_id) as pieces
    from order_lines
),
weighted as (
    select
        lines.*,
        orders.customer_id,
        orders.order_date,
        orders.is_paid,
        orders.status,
        orders.refunded_amount as order_refunded_amount,
        cast(orders.total_amount - lines.lines_amount as decimal(18, 2)) as beyond_the_lines,
        cast(
            case
                when lines.lines_amount < 0 then greatest(-lines.line_amount, 0)
                when lines.amount_added > 0 then greatest(lines.line_amount, 0)
                when lines.pieces > 0 then abs(lines.quantity)
                else 1
            end as decimal(18, 2)
        ) as weight
    from lines
    inner join marts.fct_orders as orders on lines.order_id = orders.order_id
),
running as (
    select
        *,
        cast(sum(weight) over up_to_this as decimal(18, 2)) as running_weight,
        cast(sum(weight) over whole as decimal(18, 2)) as order_weight
    from weighted
    window
        whole as (partition by order_id),
        up_to_this as (partition by order_id order by order_item_id rows unbounded preceding)
),
totalled as (
    select
        *,
        cast(line_amount + share(beyond_the_lines, weight, running_weight, order_weight) as decimal(18, 2))
            as total_amount
    from running
),
refundable as (
    select
        *,
        cast(greatest(least(refunded_amount, total_amount), 0) as decimal(18, 2)) as own_refund,
        cast(greatest(total_amount - greatest(refunded_amount, 0), 0) as decimal(18, 2)) as amount_kept
    from totalled
),
running_refunds as (
    select
        *,
        cast(sum(own_refund) over up_to_this as decimal(18, 2)) as running_own_refund,
        cast(sum(amount_kept) over up_to_this as decimal(18, 2)) as running_amount_kept,
        cast(sum(own_refund) over whole as decimal(18, 2)) as own_refunds,
        cast(sum(amount_kept) over whole as decimal(18, 2)) as amounts_kept
    from refundable
    window
        whole as (partition by order_id),
        up_to_this as (partition by order_id order by order_item_id rows unbounded preceding)
),
refunded as (
    select
        * replace (
            cast(
                case
                    when status = 'returned' then total_amount
                    else
                        share(least(order_refunded_amount, own_refunds), own_refund, running_own_refund, own_refunds)
                        + share(
                            cast(greatest(order_refunded_amount - own_refunds, 0) as decimal(18, 2)),
                            amount_kept, running_amount_kept, amounts_kept
                        )
                end as decimal(18, 2)
            ) as refunded_amount
        )
    from running_refunds
)
select
    'sample:' || order_item_id as order_item_id,
    order_id,
    customer_id,
    'sample:' || product_id as product_id,
    order_date,
    is_paid,
    quantity,
    unit_price,
    gross_amount,
    cast(discount_amount as decimal(18, 2)) as discount_amount,
    total_amount,
    cast(refunded_quantity as bigint) as refunded_quantity,
    refunded_amount,
    cast(case when is_paid then total_amount - refunded_amount else 0 end as decimal(18, 2)) as net_amount
from refunded;

create table marts.dim_products as
with product_sales as (
    select
        order_items.product_id,
        min(case when orders.is_purchase then orders.order_date end) as first_sold_date,
        max(case when orders.is_purchase then orders.order_date end) as last_sold_date,
        sum(case when orders.is_paid then order_items.quantity - order_items.refunded_quantity else 0 end)
            as quantity_sold,
        sum(order_items.net_amount) as net_sales
    from marts.fct_order_items as order_items
    inner join marts.fct_orders as orders on order_items.order_id = orders.order_id
    where order_items.product_id is not null
    group by order_items.product_id
)
select
    coalesce('sample:' || products.product_id, product_sales.product_id) as product_id,
    'sample' as source_name,
    products.name as product_name,
    products.category,
    products.subcategory,
    products.brand,
    products.list_price,
    product_sales.first_sold_date,
    product_sales.last_sold_date,
    cast(coalesce(product_sales.quantity_sold, 0) as bigint) as quantity_sold,
    cast(coalesce(product_sales.net_sales, 0) as decimal(18, 2)) as net_sales
from products
full join product_sales on 'sample:' || products.product_id = product_sales.product_id;
