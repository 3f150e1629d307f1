with customers as (

    select * from {{ ref('dim_customers') }}

),

customer_days as (

    select * from {{ ref('fct_customer_days') }}

),

as_of_dates as (

    select * from {{ ref('int_as_of_dates') }}

),

past_customers as (

    select * from {{ ref('int_past_customers') }}

),

-- as orders were reported by a past date, where that is not as they are reported today
past_customer_days as (

    select * from {{ ref('int_past_customer_days') }}

),

changed_customers as (

    select
        customer_id,
        as_of_date

    from past_customer_days
    group by customer_id, as_of_date

),

-- who is described as of which date from today's knowledge: tonight everybody with a
-- purchase, at a past date the sample of them who had one by then
descriptions as (

    select
        customers.customer_id,
        customers.first_order_date,
        as_of_dates.as_of_date,
        as_of_dates.is_today

    from customers
    inner join as_of_dates on customers.first_order_date <= as_of_dates.as_of_date
    left join past_customers on customers.customer_id = past_customers.customer_id
    left join changed_customers
        on customers.customer_id = changed_customers.customer_id
        and as_of_dates.as_of_date = changed_customers.as_of_date
    where changed_customers.customer_id is null
        and (as_of_dates.is_today or past_customers.customer_id is not null)

),

-- every day of theirs, seen from every as-of date that knows it
known_days as (

    select
        customer_days.customer_id,
        customer_days.activity_date,
        customer_days.purchase_count,
        customer_days.net_amount,
        customer_days.discount_amount,
        customer_days.refunded_amount,
        customer_days.view_count,
        customer_days.cart_count,
        customer_days.login_count,
        customer_days.event_count,
        customer_days.session_count,
        descriptions.first_order_date,
        descriptions.as_of_date,
        descriptions.is_today

    from customer_days
    inner join descriptions
        on customer_days.customer_id = descriptions.customer_id
        and customer_days.activity_date <= descriptions.as_of_date

    union all

    select
        customer_id,
        activity_date,
        purchase_count,
        net_amount,
        discount_amount,
        refunded_amount,
        view_count,
        cart_count,
        login_count,
        event_count,
        session_count,
        first_order_date,
        as_of_date,
        false as is_today

    from past_customer_days
    where first_order_date is not null
        -- nothing was there yet, or only in another customer's name
        and (order_count <> 0 or event_count <> 0 or net_amount <> 0)

),

seen_days as (

    select
        *,
        {{ days_between('activity_date', 'as_of_date') }} as days_ago

    from known_days

),

weighted_days as (

    select
        *,
        -- a decimal, because a sum of floats depends on the order of its rows
        cast(
            power(0.5, cast(days_ago as double) / {{ var('feature_half_life_days') }})
            as decimal(10, 9)
        ) as weight

    from seen_days

),

totals as (

    select
        customer_id,
        as_of_date,
        is_today,
        first_order_date,
        max(case when purchase_count > 0 then activity_date end) as last_order_date,
        count(*) filter (where purchase_count > 0) - 1 as frequency,
        sum(case when activity_date > first_order_date then net_amount end)
            as repeat_net_sales,
        min(case when purchase_count > 0 then days_ago end) as days_since_last_order,
        sum(case when days_ago < 30 then purchase_count else 0 end) as order_count_30d,
        sum(case when days_ago < 90 then purchase_count else 0 end) as order_count_90d,
        sum(case when days_ago < 180 then purchase_count else 0 end)
            as order_count_180d,
        sum(case when days_ago < 365 then purchase_count else 0 end)
            as order_count_365d,
        sum(purchase_count) as order_count,
        sum(case when days_ago < 30 then net_amount else 0 end) as net_sales_30d,
        sum(case when days_ago < 90 then net_amount else 0 end) as net_sales_90d,
        sum(case when days_ago < 180 then net_amount else 0 end) as net_sales_180d,
        sum(case when days_ago < 365 then net_amount else 0 end) as net_sales_365d,
        sum(
            case
                when activity_date > {{ day_before_tier_year('as_of_date') }}
                    then net_amount
                else 0
            end
        ) as net_sales_12m,
        sum(net_amount) as net_sales,
        count(*) filter (where days_ago < 90) as active_days_90d,
        sum(case when days_ago < 30 then event_count else 0 end) as event_count_30d,
        sum(case when days_ago < 90 then event_count else 0 end) as event_count_90d,
        sum(case when days_ago < 30 then view_count else 0 end) as view_count_30d,
        sum(case when days_ago < 90 then view_count else 0 end) as view_count_90d,
        sum(case when days_ago < 30 then cart_count else 0 end) as cart_count_30d,
        sum(case when days_ago < 90 then cart_count else 0 end) as cart_count_90d,
        sum(case when days_ago < 30 then login_count else 0 end) as login_count_30d,
        sum(case when days_ago < 30 then session_count else 0 end) as session_count_30d,
        min(case when event_count > 0 then days_ago end) as days_since_last_event,
        sum(
            case
                when days_ago < 365
                    and days_ago >= 365 - {{ var('churn_horizon_days') }}
                    then purchase_count
                else 0
            end
        ) as order_count_same_season,
        sum(
            case
                when days_ago between 365 - 30 and 364 then net_amount else 0
            end
        ) as net_sales_last_year_30d,
        sum(
            case
                when days_ago between 365 - 90 and 364 then net_amount else 0
            end
        ) as net_sales_last_year_90d,
        sum(
            case
                when days_ago between 365 - 180 and 364 then net_amount else 0
            end
        ) as net_sales_last_year_180d,
        sum(refunded_amount) as refunded_amount,
        sum(discount_amount) as discount_amount,
        sum(purchase_count * weight) as decayed_order_count,
        sum({{ wide('net_amount', 2) }} * weight) as decayed_net_sales

    from weighted_days
    group by customer_id, as_of_date, is_today, first_order_date

),

paces as (

    select
        *,
        {{ days_between('first_order_date', 'last_order_date') }} as recency_days,
        {{ days_between('first_order_date', 'as_of_date') }} as age_days,
        cast(net_sales + refunded_amount as double) as purchase_amount

    from totals

),

customer_features as (

    select
        paces.customer_id,
        paces.as_of_date,
        paces.is_today,
        paces.frequency,
        paces.recency_days,
        paces.age_days,
        case
            when paces.repeat_net_sales > 0
                then cast(paces.repeat_net_sales as double) / nullif(paces.frequency, 0)
        end as monetary_value,
        paces.days_since_last_order,
        cast(paces.order_count_30d as bigint) as order_count_30d,
        cast(paces.order_count_90d as bigint) as order_count_90d,
        cast(paces.order_count_180d as bigint) as order_count_180d,
        cast(paces.order_count_365d as bigint) as order_count_365d,
        cast(paces.order_count as bigint) as order_count,
        cast(paces.net_sales_30d as decimal(18, 2)) as net_sales_30d,
        cast(paces.net_sales_90d as decimal(18, 2)) as net_sales_90d,
        cast(paces.net_sales_180d as decimal(18, 2)) as net_sales_180d,
        cast(paces.net_sales_365d as decimal(18, 2)) as net_sales_365d,
        cast(paces.net_sales_12m as decimal(18, 2)) as net_sales_12m,
        cast(paces.net_sales_last_year_30d as decimal(18, 2))
            as net_sales_last_year_30d,
        cast(paces.net_sales_last_year_90d as decimal(18, 2))
            as net_sales_last_year_90d,
        cast(paces.net_sales_last_year_180d as decimal(18, 2))
            as net_sales_last_year_180d,
        cast(paces.net_sales as decimal(18, 2)) as net_sales,
        cast(paces.net_sales as double) / nullif(paces.order_count, 0)
            as average_order_value,
        paces.active_days_90d,
        cast(paces.event_count_30d as bigint) as event_count_30d,
        cast(paces.event_count_90d as bigint) as event_count_90d,
        cast(paces.view_count_30d as bigint) as view_count_30d,
        cast(paces.view_count_90d as bigint) as view_count_90d,
        cast(paces.cart_count_30d as bigint) as cart_count_30d,
        cast(paces.cart_count_90d as bigint) as cart_count_90d,
        cast(paces.login_count_30d as bigint) as login_count_30d,
        cast(paces.session_count_30d as bigint) as session_count_30d,
        paces.days_since_last_event,
        case
            when customers.registered_date <= paces.as_of_date
                then {{ days_between('customers.registered_date', 'paces.as_of_date') }}
        end as days_since_registration,
        cast(paces.order_count_same_season as bigint) as order_count_same_season,
        cast(paces.recency_days as double) / nullif(paces.frequency, 0)
            as days_between_orders,
        cast(paces.days_since_last_order * paces.frequency as double)
        / nullif(paces.recency_days, 0) as overdue_ratio,
        case
            when paces.purchase_amount > 0
                then least(
                        cast(paces.refunded_amount as double)
                        / nullif(paces.purchase_amount, 0),
                        1
                    )
        end as refund_share,
        cast(paces.discount_amount as double)
        / nullif(paces.purchase_amount + cast(paces.discount_amount as double), 0)
            as discount_share,
        cast(paces.decayed_order_count as double) as decayed_order_count,
        cast(paces.decayed_net_sales as double) as decayed_net_sales

    from paces
    inner join customers on paces.customer_id = customers.customer_id

)

select * from customer_features
