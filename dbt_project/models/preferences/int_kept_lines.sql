with order_items as (

    select * from {{ ref('fct_order_items') }}
    where customer_id is not null and is_paid

),

orders as (

    select * from {{ ref('fct_orders') }}
    where customer_id is not null and is_purchase

),

products as (

    select * from {{ ref('dim_products') }}

),

-- what was given back was not what the customer wanted
kept_lines as (

    select
        order_items.order_item_id,
        order_items.order_id,
        order_items.customer_id,
        order_items.product_id,
        orders.ordered_at,
        products.category,
        products.brand,
        order_items.unit_price

    from order_items
    inner join orders on order_items.order_id = orders.order_id
    left join products on order_items.product_id = products.product_id
    where order_items.quantity > order_items.refunded_quantity

),

prices as (

    select
        coalesce(category, '') as category,
        unit_price,
        count(*) as line_count

    from kept_lines
    where unit_price > 0
    group by coalesce(category, ''), unit_price

),

-- what has no category is held against everything
compared_prices as (

    select
        category,
        unit_price,
        line_count
    from prices
    where category <> ''

    union all

    select
        '' as category,
        unit_price,
        cast(sum(line_count) as bigint) as line_count
    from prices
    group by unit_price

),

ranked_prices as (

    select
        category,
        unit_price,
        line_count,
        sum(line_count) over (
            partition by category order by unit_price
            rows between unbounded preceding and current row
        ) as lines_up_to,
        sum(line_count) over (partition by category) as category_lines

    from compared_prices

),

-- a price stands where the middle of the lines at it does: in which third of all
price_levels as (

    select
        category,
        unit_price,
        case
            when 3 * (2 * lines_up_to - line_count) < 2 * category_lines then 'low'
            when 3 * (2 * lines_up_to - line_count) < 4 * category_lines then 'middle'
            else 'high'
        end as price_level

    from ranked_prices

),

levelled_lines as (

    select
        kept_lines.order_item_id,
        kept_lines.order_id,
        kept_lines.customer_id,
        kept_lines.product_id,
        kept_lines.ordered_at,
        kept_lines.category,
        kept_lines.brand,
        price_levels.price_level

    from kept_lines
    left join price_levels
        on coalesce(kept_lines.category, '') = price_levels.category
        and kept_lines.unit_price = price_levels.unit_price

)

select * from levelled_lines
