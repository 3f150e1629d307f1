with kept_lines as (

    select * from {{ ref('int_kept_lines') }}
    where product_id is not null

),

product_views as (

    select * from {{ ref('int_product_views') }}

),

customer_accounts as (

    select * from {{ ref('int_customer_accounts') }}

),

views as (

    select
        customer_accounts.customer_id,
        product_views.product_id,
        product_views.viewed_at

    from product_views
    inner join customer_accounts
        on product_views.account_key = customer_accounts.account_key

),

viewed_lines as (

    select
        kept_lines.order_item_id,
        kept_lines.order_id,
        kept_lines.customer_id,
        kept_lines.ordered_at,
        count(*) as view_count,
        min(views.viewed_at) as first_viewed_at

    from kept_lines
    inner join views
        on kept_lines.customer_id = views.customer_id
        and kept_lines.product_id = views.product_id
        and kept_lines.ordered_at >= views.viewed_at
        and kept_lines.ordered_at
        <= views.viewed_at + interval {{ var('preference_viewed_days') }} day
    group by
        kept_lines.order_item_id,
        kept_lines.order_id,
        kept_lines.customer_id,
        kept_lines.ordered_at

),

-- a line whose product nobody was seen looking at says nothing
purchase_styles as (

    select
        order_item_id,
        order_id,
        customer_id,
        view_count,
        first_viewed_at,
        case
            when
                view_count >= {{ var('rational_views') }}
                or first_viewed_at
                <= ordered_at - interval {{ var('rational_days') }} day
                then 'rational'
            else 'impulsive'
        end as purchase_style

    from viewed_lines

)

select * from purchase_styles
