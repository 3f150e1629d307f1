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

contact_days as (

    select * from {{ ref('int_contact_days') }}

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
        sum(
            case
                when activity_date
                    > {{ day_before_tier_year(days_before(90, 'as_of_date')) }}
                    and days_ago >= 90
                    then net_amount
                else 0
            end
        ) as net_sales_12m_90d_ago,
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
        min(case when event_count > 0 and purchase_count = 0 then days_ago end)
            as days_since_last_visit,
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

-- gaps between purchase days, each known from the day that ends it
gaps as (

    select
        customer_id,
        activity_date,
        {{ days_between(
            "lag(activity_date) over (partition by customer_id order by activity_date)",
            "activity_date",
        ) }} as gap_days

    from customer_days
    where purchase_count > 0

),

known_gaps as (

    select
        gaps.customer_id,
        descriptions.as_of_date,
        gaps.activity_date,
        gaps.gap_days

    from gaps
    inner join descriptions
        on gaps.customer_id = descriptions.customer_id
        and gaps.activity_date <= descriptions.as_of_date

    union all

    select
        customer_id,
        as_of_date,
        activity_date,
        {{ days_between(
            "lag(activity_date) over ("
            ~ "partition by as_of_date, customer_id order by activity_date)",
            "activity_date",
        ) }} as gap_days

    from past_customer_days
    where purchase_count > 0

),

rhythms as (

    select
        customer_id,
        as_of_date,
        max(gap_days) as longest_gap_days,
        max_by(gap_days, activity_date) as last_gap_days,
        cast(sum(gap_days * gap_days) as double) as sum_of_squares

    from known_gaps
    where gap_days is not null
    group by customer_id, as_of_date

),

contacts as (

    select
        paces.customer_id,
        paces.as_of_date,
        contact_days.ticket_count,
        contact_days.complaint_count,
        contact_days.resolved_complaint_count,
        contact_days.score_count,
        contact_days.score_sum,
        contact_days.message_count,
        contact_days.opened_message_count,
        contact_days.clicked_message_count,
        contact_days.unsubscribe_count,
        {{ days_between('contact_days.contact_date', 'paces.as_of_date') }} as days_ago

    from paces
    inner join contact_days
        on paces.customer_id = contact_days.customer_id
        and paces.as_of_date >= contact_days.contact_date

),

contact_totals as (

    select
        customer_id,
        as_of_date,
        sum(case when days_ago < 365 then ticket_count else 0 end) as ticket_count_365d,
        sum(case when days_ago < 365 then complaint_count else 0 end)
            as complaint_count_365d,
        sum(complaint_count) - sum(resolved_complaint_count) as open_complaint_count,
        min(case when complaint_count > 0 then days_ago end)
            as days_since_last_complaint,
        sum(case when days_ago < 365 then score_count else 0 end)
            as feedback_count_365d,
        sum(case when days_ago < 365 then score_sum else 0 end) as score_sum_365d,
        sum(case when days_ago < 90 then message_count else 0 end) as message_count_90d,
        sum(case when days_ago < 90 then opened_message_count else 0 end)
            as opened_message_count_90d,
        sum(case when days_ago < 90 then clicked_message_count else 0 end)
            as clicked_message_count_90d,
        sum(unsubscribe_count) as unsubscribe_count

    from contacts
    group by customer_id, as_of_date

),

-- alike for all customers of a date: what a past date's season did is learned with it
seasons as (

    select
        as_of_date,
        {{ days_until(6, 18, 'as_of_date') }} as days_until_618,
        {{ days_until(11, 11, 'as_of_date') }} as days_until_double_11,
        {{ days_until(12, 31, 'as_of_date') }} as days_until_year_end

    from as_of_dates

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
        cast(paces.decayed_net_sales as double) as decayed_net_sales,
        paces.days_since_last_order - paces.days_since_last_visit
            as days_from_order_to_visit,
        rhythms.last_gap_days,
        rhythms.longest_gap_days,
        -- of whole numbers, so that no two engines round otherwise
        sqrt(
            greatest(
                rhythms.sum_of_squares * paces.frequency
                - cast(paces.recency_days as double) * paces.recency_days,
                0
            )
        )
        / nullif(paces.frequency, 0) as gap_deviation_days,
        cast(paces.net_sales_12m - paces.net_sales_12m_90d_ago as decimal(18, 2))
            as net_sales_12m_change_90d,
        cast(coalesce(contact_totals.ticket_count_365d, 0) as bigint)
            as ticket_count_365d,
        cast(coalesce(contact_totals.complaint_count_365d, 0) as bigint)
            as complaint_count_365d,
        cast(coalesce(contact_totals.open_complaint_count, 0) as bigint)
            as open_complaint_count,
        contact_totals.days_since_last_complaint,
        cast(coalesce(contact_totals.feedback_count_365d, 0) as bigint)
            as feedback_count_365d,
        cast(contact_totals.score_sum_365d as double)
        / nullif(100 * contact_totals.feedback_count_365d, 0) as average_score_365d,
        cast(coalesce(contact_totals.message_count_90d, 0) as bigint)
            as message_count_90d,
        cast(coalesce(contact_totals.opened_message_count_90d, 0) as bigint)
            as opened_message_count_90d,
        cast(coalesce(contact_totals.clicked_message_count_90d, 0) as bigint)
            as clicked_message_count_90d,
        cast(coalesce(contact_totals.unsubscribe_count, 0) as bigint)
            as unsubscribe_count,
        seasons.days_until_618,
        seasons.days_until_double_11,
        seasons.days_until_year_end

    from paces
    inner join customers on paces.customer_id = customers.customer_id
    inner join seasons on paces.as_of_date = seasons.as_of_date
    left join rhythms
        on paces.customer_id = rhythms.customer_id
        and paces.as_of_date = rhythms.as_of_date
    left join contact_totals
        on paces.customer_id = contact_totals.customer_id
        and paces.as_of_date = contact_totals.as_of_date

)

select * from customer_features
