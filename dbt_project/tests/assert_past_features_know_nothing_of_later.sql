{{ config(meta={'dagster': {'ref': {'name': 'customer_features'}}}) }}

-- A row is a customer of one past date whose features are not what was known on it, and
-- which of them. They are worked out once more from what the shop had reported by then:
-- from each order as its newest report of the date says, and not from tables that know
-- today's orders and put the past right. Who is one customer is today's knowledge.
{%- set horizon_days = var('churn_horizon_days') | int %}
{%- set exact = [
    'frequency', 'recency_days', 'age_days', 'days_since_last_order', 'order_count_30d',
    'order_count_90d', 'order_count_180d', 'order_count_365d', 'order_count',
    'net_sales_30d', 'net_sales_90d', 'net_sales_180d', 'net_sales_365d',
    'net_sales_12m', 'net_sales_last_year_30d', 'net_sales_last_year_90d',
    'net_sales_last_year_180d', 'net_sales', 'event_count_30d', 'event_count_90d',
    'view_count_30d', 'view_count_90d', 'cart_count_30d', 'cart_count_90d',
    'login_count_30d', 'session_count_30d', 'days_since_last_event',
    'days_since_registration', 'order_count_same_season', 'last_gap_days',
    'longest_gap_days', 'net_sales_12m_change_90d', 'ticket_count_365d',
    'days_from_order_to_visit',
    'complaint_count_365d', 'open_complaint_count', 'days_since_last_complaint',
    'feedback_count_365d', 'message_count_90d', 'opened_message_count_90d',
    'clicked_message_count_90d', 'unsubscribe_count', 'days_until_618',
    'days_until_double_11', 'days_until_year_end',
] %}
{%- set rounded = [
    'monetary_value', 'average_order_value', 'days_between_orders', 'overdue_ratio',
    'refund_share', 'discount_share', 'decayed_order_count', 'decayed_net_sales',
    'gap_deviation_days', 'average_score_365d',
] %}

-- every past date has its lot of a night: another night asks another date, and a night
-- that is built again the same one
with lots as (

    select
        as_of_date,
        md5(cast({{ as_of() }} as string) || cast(as_of_date as string)) as lot

    from {{ ref('int_as_of_dates') }}
    where not is_today

),

past_date as (

    select min_by(as_of_date, lot) as as_of_date from lots

),

customer_accounts as (

    select
        customer_accounts.account_key,
        customer_accounts.customer_id

    from {{ ref('int_customer_accounts') }} as customer_accounts
    inner join {{ ref('int_past_customers') }} as past_customers
        on customer_accounts.customer_id = past_customers.customer_id

),

-- states of orders and lines that were the newest known of them on the date and are no
-- more; of all others what is known today was known
earlier_orders as (

    select
        superseded_orders.*,
        past_date.as_of_date

    from {{ ref('stg_superseded_orders') }} as superseded_orders
    inner join past_date
        on superseded_orders.known_until >= past_date.as_of_date
        and coalesce(superseded_orders.known_from, past_date.as_of_date)
        <= past_date.as_of_date

),

earlier_items as (

    select
        superseded_items.*,
        past_date.as_of_date

    from {{ ref('stg_superseded_order_items') }} as superseded_items
    inner join past_date
        on superseded_items.known_until >= past_date.as_of_date
        and coalesce(superseded_items.known_from, past_date.as_of_date)
        <= past_date.as_of_date

),

all_orders as (

    select * from earlier_orders

    union all

    select
        stg_orders.*,
        cast(null as date) as known_from,
        cast(null as date) as known_until,
        past_date.as_of_date

    from {{ ref('stg_orders') }} as stg_orders
    cross join past_date
    left join earlier_orders on stg_orders.order_id = earlier_orders.order_id
    where earlier_orders.order_id is null

),

orders as (

    select all_orders.*
    from all_orders
    inner join customer_accounts
        on all_orders.account_key = customer_accounts.account_key
    where all_orders.order_date <= all_orders.as_of_date

),

order_items as (

    select * from earlier_items

    union all

    select
        stg_order_items.*,
        cast(null as date) as known_from,
        cast(null as date) as known_until,
        past_date.as_of_date

    from {{ ref('stg_order_items') }} as stg_order_items
    cross join past_date
    left join earlier_items
        on stg_order_items.order_item_id = earlier_items.order_item_id
    where earlier_items.order_item_id is null

),

{{ rated_orders() }},

{{ order_lines() }},

{{ order_amounts() }},

known_orders as (

    select
        *,
        min(case when is_purchase then order_date end) over (
            partition by customer_id
        ) as first_order_date,
        order_date > {{ days_before(30, 'as_of_date') }} as is_of_30d,
        order_date > {{ days_before(90, 'as_of_date') }} as is_of_90d,
        order_date > {{ days_before(180, 'as_of_date') }} as is_of_180d,
        order_date > {{ days_before(365, 'as_of_date') }} as is_of_365d,
        cast(
            power(
                0.5,
                cast({{ days_between('order_date', 'as_of_date') }} as double)
                / {{ var('feature_half_life_days') }}
            )
            as decimal(10, 9)
        ) as weight

    from order_amounts

),

purchases as (

    select
        customer_id,
        as_of_date,
        first_order_date,
        max(order_date) filter (where is_purchase) as last_order_date,
        count(distinct case when is_purchase then order_date end) - 1 as frequency,
        count(*) filter (where is_purchase) as order_count,
        count(*) filter (where is_purchase and is_of_30d) as order_count_30d,
        count(*) filter (where is_purchase and is_of_90d) as order_count_90d,
        count(*) filter (where is_purchase and is_of_180d) as order_count_180d,
        count(*) filter (where is_purchase and is_of_365d) as order_count_365d,
        sum(
            case
                when is_purchase
                    and is_of_365d
                    and order_date
                    <= {{ days_before(365 - horizon_days, 'as_of_date') }}
                    then 1
                else 0
            end
        ) as order_count_same_season,
        sum(net_amount) as net_sales,
        sum(case when is_of_30d then net_amount else 0 end) as net_sales_30d,
        sum(case when is_of_90d then net_amount else 0 end) as net_sales_90d,
        sum(case when is_of_180d then net_amount else 0 end) as net_sales_180d,
        sum(case when is_of_365d then net_amount else 0 end) as net_sales_365d,
        sum(
            case
                when order_date > {{ months_before(12, 'as_of_date') }} then net_amount
                else 0
            end
        ) as net_sales_12m,
        sum(
            case
                when order_date > {{ months_before(12, 'as_of_date') }} then net_amount
                else 0
            end
        )
        - sum(
            case
                when order_date
                    > {{ months_before(12, days_before(90, 'as_of_date')) }}
                    and not is_of_90d
                    then net_amount
                else 0
            end
        ) as net_sales_12m_change_90d,
        {%- for days in [30, 90, 180] %}
        sum(
            case
                when is_of_365d
                    and order_date <= {{ days_before(365 - days, 'as_of_date') }}
                    then net_amount
                else 0
            end
        ) as net_sales_last_year_{{ days }}d,
        {%- endfor %}
        sum(case when order_date > first_order_date then net_amount end)
            as repeat_net_sales,
        sum(case when is_purchase then total_amount else 0 end) as purchase_amount,
        sum(case when is_purchase then discount_amount else 0 end) as discount_amount,
        sum(case when is_purchase then weight else 0 end) as decayed_order_count,
        sum({{ wide('net_amount', 2) }} * weight) as decayed_net_sales

    from known_orders
    where first_order_date is not null
    group by customer_id, as_of_date, first_order_date

),

purchase_days as (

    select
        customer_id,
        order_date
    from known_orders
    where is_purchase
    group by customer_id, order_date

),

gaps as (

    select
        customer_id,
        order_date,
        {{ days_between(
            "lag(order_date) over (partition by customer_id order by order_date)",
            "order_date",
        ) }} as gap_days

    from purchase_days

),

rhythms as (

    select
        customer_id,
        max(gap_days) as longest_gap_days,
        max_by(gap_days, order_date) as last_gap_days,
        sqrt(
            cast(
                count(gap_days) * sum(gap_days * gap_days)
                - sum(gap_days) * sum(gap_days) as double
            )
        )
        / nullif(count(gap_days), 0) as gap_deviation_days

    from gaps
    where gap_days is not null
    group by customer_id

),

tickets as (

    select
        tickets.customer_id,
        count(*) filter (
            where tickets.opened_date > {{ days_before(365, 'past_date.as_of_date') }}
        ) as ticket_count_365d,
        count(*) filter (
            where tickets.is_complaint
            and tickets.opened_date > {{ days_before(365, 'past_date.as_of_date') }}
        ) as complaint_count_365d,
        count(*) filter (
            where tickets.is_complaint
            and coalesce(
                {{ business_date('tickets.resolved_at') }} > past_date.as_of_date, true
            )
        ) as open_complaint_count,
        max(case when tickets.is_complaint then tickets.opened_date end)
            as last_complaint_date

    from {{ ref('fct_tickets') }} as tickets
    inner join past_date on tickets.opened_date <= past_date.as_of_date
    group by tickets.customer_id

),

opinions as (

    select
        feedback.customer_id,
        count(feedback.score) as feedback_count_365d,
        avg(
            case
                when feedback.kind = 'nps' then cast(feedback.score as double) / 10
                else (cast(feedback.score as double) - 1) / 4
            end
        ) as average_score_365d

    from {{ ref('fct_feedback') }} as feedback
    inner join past_date
        on feedback.submitted_date <= past_date.as_of_date
        and feedback.submitted_date > {{ days_before(365, 'past_date.as_of_date') }}
    group by feedback.customer_id

),

messages as (

    select
        messages.customer_id,
        past_date.as_of_date,
        {{ days_before(90, 'past_date.as_of_date') }} as day_before_90d,
        messages.sent_date,
        {{ business_date('messages.opened_by_person_at') }} as opened_date,
        {{ business_date('messages.clicked_at') }} as clicked_date,
        {{ business_date('messages.unsubscribed_at') }} as unsubscribed_date

    from {{ ref('fct_campaign_messages') }} as messages
    cross join past_date

),

answers as (

    select
        customer_id,
        count(*) filter (where sent_date > day_before_90d and sent_date <= as_of_date)
            as message_count_90d,
        count(*) filter (
            where opened_date > day_before_90d and opened_date <= as_of_date
        ) as opened_message_count_90d,
        count(*) filter (
            where clicked_date > day_before_90d and clicked_date <= as_of_date
        ) as clicked_message_count_90d,
        count(*) filter (where unsubscribed_date <= as_of_date) as unsubscribe_count

    from messages
    group by customer_id

),

visits as (

    select
        customer_accounts.customer_id,
        past_date.as_of_date,
        session_days.event_date,
        session_days.session_id,
        session_days.event_date > {{ days_before(30, 'past_date.as_of_date') }}
            as is_of_30d,
        session_days.event_date > {{ days_before(90, 'past_date.as_of_date') }}
            as is_of_90d,
        sum(session_days.view_count) as view_count,
        sum(session_days.cart_count) as cart_count,
        sum(session_days.login_count) as login_count,
        sum(session_days.event_count) as event_count

    from {{ ref('int_session_days') }} as session_days
    inner join customer_accounts
        on session_days.account_key = customer_accounts.account_key
    inner join past_date on session_days.event_date <= past_date.as_of_date
    group by
        customer_accounts.customer_id,
        past_date.as_of_date,
        session_days.event_date,
        session_days.session_id

),

behaviour as (

    select
        customer_id,
        max(event_date) as last_event_date,
        sum(case when is_of_30d then event_count else 0 end) as event_count_30d,
        sum(case when is_of_90d then event_count else 0 end) as event_count_90d,
        sum(case when is_of_30d then view_count else 0 end) as view_count_30d,
        sum(case when is_of_90d then view_count else 0 end) as view_count_90d,
        sum(case when is_of_30d then cart_count else 0 end) as cart_count_30d,
        sum(case when is_of_90d then cart_count else 0 end) as cart_count_90d,
        sum(case when is_of_30d then login_count else 0 end) as login_count_30d,
        count(case when is_of_30d then session_id end) as session_count_30d

    from visits
    group by customer_id

),

idle_visits as (

    select
        visits.customer_id,
        max(visits.event_date) as last_visit_date

    from visits
    left join purchase_days
        on visits.customer_id = purchase_days.customer_id
        and visits.event_date = purchase_days.order_date
    where purchase_days.order_date is null
    group by visits.customer_id

),

-- a credit note alone makes no active day, or one, by whether it moves money
recent_days as (

    select
        customer_id,
        order_date as activity_date,
        status <> 'credit_note' as is_active,
        net_amount

    from known_orders
    where is_of_90d

    union all

    select
        customer_id,
        event_date as activity_date,
        true as is_active,
        0 as net_amount

    from visits
    where is_of_90d

),

judged_days as (

    select
        customer_id,
        activity_date,
        bool_or(is_active) or sum(net_amount) <> 0 as is_active

    from recent_days
    group by customer_id, activity_date

),

active_days as (

    select
        customer_id,
        count(*) filter (where is_active) as fewest_days,
        count(*) as most_days

    from judged_days
    group by customer_id

),

registrations as (

    select
        customer_accounts.customer_id,
        min(customers.registered_date) as registered_date

    from {{ ref('stg_customers') }} as customers
    inner join customer_accounts
        on customers.account_key = customer_accounts.account_key
    group by customer_accounts.customer_id

),

described_customers as (

    select
        purchases.*,
        {{ days_between('purchases.first_order_date', 'purchases.last_order_date') }}
            as recency_days,
        {{ days_between('purchases.first_order_date', 'purchases.as_of_date') }}
            as age_days,
        {{ days_between('purchases.last_order_date', 'purchases.as_of_date') }}
            as days_since_last_order,
        {{ days_between('behaviour.last_event_date', 'purchases.as_of_date') }}
            as days_since_last_event,
        case
            when registrations.registered_date <= purchases.as_of_date
                then {{ days_between(
                    'registrations.registered_date', 'purchases.as_of_date'
                ) }}
        end as days_since_registration,
        coalesce(behaviour.event_count_30d, 0) as event_count_30d,
        coalesce(behaviour.event_count_90d, 0) as event_count_90d,
        coalesce(behaviour.view_count_30d, 0) as view_count_30d,
        coalesce(behaviour.view_count_90d, 0) as view_count_90d,
        coalesce(behaviour.cart_count_30d, 0) as cart_count_30d,
        coalesce(behaviour.cart_count_90d, 0) as cart_count_90d,
        coalesce(behaviour.login_count_30d, 0) as login_count_30d,
        coalesce(behaviour.session_count_30d, 0) as session_count_30d,
        coalesce(active_days.fewest_days, 0) as fewest_days,
        coalesce(active_days.most_days, 0) as most_days,
        {{ days_between('purchases.last_order_date', 'idle_visits.last_visit_date') }}
            as days_from_order_to_visit,
        rhythms.last_gap_days,
        rhythms.longest_gap_days,
        rhythms.gap_deviation_days,
        coalesce(tickets.ticket_count_365d, 0) as ticket_count_365d,
        coalesce(tickets.complaint_count_365d, 0) as complaint_count_365d,
        coalesce(tickets.open_complaint_count, 0) as open_complaint_count,
        {{ days_between('tickets.last_complaint_date', 'purchases.as_of_date') }}
            as days_since_last_complaint,
        coalesce(opinions.feedback_count_365d, 0) as feedback_count_365d,
        opinions.average_score_365d,
        coalesce(answers.message_count_90d, 0) as message_count_90d,
        coalesce(answers.opened_message_count_90d, 0) as opened_message_count_90d,
        coalesce(answers.clicked_message_count_90d, 0) as clicked_message_count_90d,
        coalesce(answers.unsubscribe_count, 0) as unsubscribe_count,
        {{ days_until(6, 18, 'purchases.as_of_date') }} as days_until_618,
        {{ days_until(11, 11, 'purchases.as_of_date') }} as days_until_double_11,
        {{ days_until(12, 31, 'purchases.as_of_date') }} as days_until_year_end

    from purchases
    left join idle_visits on purchases.customer_id = idle_visits.customer_id
    left join rhythms on purchases.customer_id = rhythms.customer_id
    left join tickets on purchases.customer_id = tickets.customer_id
    left join opinions on purchases.customer_id = opinions.customer_id
    left join answers on purchases.customer_id = answers.customer_id
    left join behaviour on purchases.customer_id = behaviour.customer_id
    left join active_days on purchases.customer_id = active_days.customer_id
    left join registrations on purchases.customer_id = registrations.customer_id

),

recomputed as (

    select
        *,
        case
            when repeat_net_sales > 0
                then cast(repeat_net_sales as double) / nullif(frequency, 0)
        end as monetary_value,
        cast(net_sales as double) / nullif(order_count, 0) as average_order_value,
        cast(recency_days as double) / nullif(frequency, 0) as days_between_orders,
        days_since_last_order * cast(frequency as double) / nullif(recency_days, 0)
            as overdue_ratio,
        case
            when purchase_amount > 0
                then least(
                        1 - cast(net_sales as double) / nullif(purchase_amount, 0), 1
                    )
        end as refund_share,
        cast(discount_amount as double)
        / nullif(cast(purchase_amount + discount_amount as double), 0)
            as discount_share

    from described_customers

),

features as (

    select features.*
    from {{ ref('customer_features') }} as features
    inner join past_date on features.as_of_date = past_date.as_of_date

),

differences as (

    select
        coalesce(features.customer_id, recomputed.customer_id) as customer_id,
        coalesce(features.as_of_date, recomputed.as_of_date) as as_of_date,
        concat_ws(
            ', ',
            {%- for feature in exact %}
            case
                when features.{{ feature }} is distinct from recomputed.{{ feature }}
                    then '{{ feature }}'
            end,
            {%- endfor %}
            {%- for feature in rounded %}
            case
                when (features.{{ feature }} is null)
                    <> (recomputed.{{ feature }} is null)
                    or abs(features.{{ feature }} - recomputed.{{ feature }})
                    > 0.000001 * (1 + abs(recomputed.{{ feature }}))
                    then '{{ feature }}'
            end,
            {%- endfor %}
            case
                when features.active_days_90d
                    not between recomputed.fewest_days and recomputed.most_days
                    then 'active_days_90d'
            end
        ) as differing_features

    from features
    full join recomputed on features.customer_id = recomputed.customer_id

)

select * from differences
where differing_features <> ''
