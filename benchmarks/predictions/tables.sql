-- The columns of a night's own tables, as far as a score reads them; money without decimals, which only tests need.
create schema features;
create schema marts;
create schema ops;

create table ops.night as select {as_of} as as_of_date;

create table marts.fct_customer_days as
select
    format('customer{{:08d}}', number) as customer_id,
    {as_of} - 730 + cast(day as integer) as activity_date,
    sum(purchase_count) as purchase_count,
    sum(net_amount) as net_amount,
    sum(view_count) as view_count
from drawn_days
group by all
order by all;

create table firsts as
select customer_id, min(activity_date) as first_date
from marts.fct_customer_days
where purchase_count > 0
group by all;

create table described as
select
    firsts.customer_id,
    firsts.first_date,
    {as_of} - cast(dates.days_back as integer) as as_of_date,
    dates.days_back = 0 as is_today
from firsts
cross join dates
where firsts.first_date <= {as_of} - cast(dates.days_back as integer)
    and (dates.days_back = 0 or firsts.customer_id < format('customer{{:08d}}', {past_customers}));

create table features.customer_features as
with seen as (
    select
        described.*,
        days.activity_date,
        cast(days.purchase_count as bigint) as purchase_count,
        days.net_amount,
        cast(days.view_count as bigint) as view_count,
        described.as_of_date - days.activity_date as ago
    from described
    inner join marts.fct_customer_days as days
        on described.customer_id = days.customer_id and days.activity_date <= described.as_of_date
)

select
    customer_id,
    as_of_date,
    is_today,
    count(*) filter (where purchase_count > 0) - 1 as frequency,
    max(activity_date) filter (where purchase_count > 0) - first_date as recency_days,
    as_of_date - first_date as age_days,
    sum(net_amount) filter (where activity_date > first_date) / nullif(frequency, 0) as monetary_value,
    min(ago) filter (where purchase_count > 0) as days_since_last_order,
    cast(coalesce(sum(purchase_count) filter (where ago < 30), 0) as bigint) as order_count_30d,
    cast(coalesce(sum(purchase_count) filter (where ago < 90), 0) as bigint) as order_count_90d,
    cast(coalesce(sum(purchase_count) filter (where ago < 180), 0) as bigint) as order_count_180d,
    cast(coalesce(sum(purchase_count) filter (where ago < 365), 0) as bigint) as order_count_365d,
    cast(sum(purchase_count) as bigint) as order_count,
    coalesce(sum(net_amount) filter (where ago < 30), 0) as net_sales_30d,
    coalesce(sum(net_amount) filter (where ago < 90), 0) as net_sales_90d,
    coalesce(sum(net_amount) filter (where ago < 180), 0) as net_sales_180d,
    coalesce(sum(net_amount) filter (where ago < 365), 0) as net_sales_365d,
    coalesce(sum(net_amount) filter (where ago < 365), 0) as net_sales_12m,
    coalesce(sum(net_amount) filter (where ago between 335 and 364), 0) as net_sales_last_year_30d,
    coalesce(sum(net_amount) filter (where ago between 275 and 364), 0) as net_sales_last_year_90d,
    coalesce(sum(net_amount) filter (where ago between 185 and 364), 0) as net_sales_last_year_180d,
    sum(net_amount) as net_sales,
    sum(net_amount) / sum(purchase_count) as average_order_value,
    count(*) filter (where ago < 90) as active_days_90d,
    cast(coalesce(sum(view_count) filter (where ago < 30), 0) as bigint) as event_count_30d,
    cast(coalesce(sum(view_count) filter (where ago < 90), 0) as bigint) as event_count_90d,
    cast(coalesce(sum(view_count // 2) filter (where ago < 30), 0) as bigint) as view_count_30d,
    cast(coalesce(sum(view_count // 2) filter (where ago < 90), 0) as bigint) as view_count_90d,
    cast(coalesce(sum(view_count // 5) filter (where ago < 30), 0) as bigint) as cart_count_30d,
    cast(coalesce(sum(view_count // 5) filter (where ago < 90), 0) as bigint) as cart_count_90d,
    count(*) filter (where ago < 30 and view_count > 4) as login_count_30d,
    count(*) filter (where ago < 30 and view_count > 0) as session_count_30d,
    min(ago) filter (where view_count > 0) as days_since_last_event,
    as_of_date - first_date + hash(customer_id) % 60 as days_since_registration,
    count(*) filter (where ago between 275 and 364 and purchase_count > 0) as order_count_same_season,
    recency_days / nullif(frequency, 0) as days_between_orders,
    days_since_last_order / nullif(days_between_orders, 0) as overdue_ratio,
    hash(customer_id) % 7 / 70 as refund_share,
    hash(customer_id) % 11 / 110 as discount_share,
    sum(purchase_count * power(0.5, ago / 90)) as decayed_order_count,
    sum(net_amount * power(0.5, ago / 90)) as decayed_net_sales,
    days_since_last_order - min(ago) filter (where view_count > 0 and purchase_count = 0) as days_from_order_to_visit,
    days_between_orders / 2 + hash(customer_id) % 30 as last_gap_days,
    days_between_orders + hash(customer_id) % 60 as longest_gap_days,
    days_between_orders / 3 as gap_deviation_days,
    net_sales_90d / 2 as net_sales_12m_change_90d,
    hash(customer_id, as_of_date) % 3 as ticket_count_365d,
    hash(customer_id, as_of_date) % 3 // 2 as complaint_count_365d,
    hash(customer_id, as_of_date) % 20 // 19 as open_complaint_count,
    case when complaint_count_365d > 0 then hash(customer_id, as_of_date) % 365 end as days_since_last_complaint,
    hash(customer_id, as_of_date, 1) % 2 as feedback_count_365d,
    case when feedback_count_365d > 0 then hash(customer_id, as_of_date, 1) % 5 / 4 end as average_score_365d,
    hash(customer_id, as_of_date, 2) % 9 as message_count_90d,
    hash(customer_id, as_of_date, 2) % 9 // 2 as opened_message_count_90d,
    hash(customer_id, as_of_date, 2) % 9 // 4 as clicked_message_count_90d,
    hash(customer_id, 2) % 40 // 39 as unsubscribe_count,
    hash(as_of_date) % 365 as days_until_618,
    hash(as_of_date, 1) % 365 as days_until_double_11,
    hash(as_of_date, 2) % 365 as days_until_year_end
from seen
group by customer_id, as_of_date, is_today, first_date;

create table features.customer_outcomes as
with asked as (
    select features.customer_id, features.as_of_date, features.days_since_last_order, horizons.horizon_days
    from features.customer_features as features
    cross join (values (30), (90), (181), (365)) as horizons (horizon_days)
    where not features.is_today and features.as_of_date + horizons.horizon_days <= {as_of}
)

select
    asked.customer_id,
    asked.as_of_date,
    asked.horizon_days,
    count(days.net_amount) as future_order_days,
    coalesce(sum(days.net_amount), 0) as future_net_sales,
    count(days.net_amount) = 0 as is_churned,
    asked.days_since_last_order < 365 as is_eligible
from asked
left join marts.fct_customer_days as days
    on asked.customer_id = days.customer_id
    and days.purchase_count > 0
    and days.activity_date > asked.as_of_date
    and days.activity_date <= asked.as_of_date + asked.horizon_days
group by asked.customer_id, asked.as_of_date, asked.horizon_days, asked.days_since_last_order;

create table marts.dim_products as
select format('product{{:05d}}', number) as product_id, format('category{{:02d}}', number % 12) as category
from range(1200) as products (number);

create table marts.fct_orders as
select
    format('order{{:09d}}', row_number() over (order by customer_id, activity_date)) as order_id,
    customer_id,
    activity_date as order_date,
    cast(activity_date as timestamp) as ordered_at,
    true as is_purchase,
    row_number() over (partition by customer_id order by activity_date) as purchase_number
from marts.fct_customer_days
where purchase_count > 0;

-- half of a customer's lines are of one category
create table marts.fct_order_items as
select
    orders.order_id,
    1 as quantity,
    format('product{{:05d}}', case
        when hash(orders.order_id, lines.line) % 2 = 0
            then 12 * (hash(orders.order_id, lines.line, 1) % 100) + hash(orders.customer_id) % 12
        else hash(orders.order_id, lines.line, 2) % 1200
    end) as product_id
from marts.fct_orders as orders
cross join range(3) as lines (line)
where lines.line <= hash(orders.order_id) % 3;

drop table described;
drop table firsts;
