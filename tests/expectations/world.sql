-- A good shop of twelve customers on the night of 2024-06-30: every rule of every suite holds on it.
create schema raw;
create schema ops;
create schema features;
create schema ml;
create schema marts;

create table ops.night as
select date '2024-06-30' as as_of_date, 'Asia/Shanghai' as time_zone, 'CNY' as currency, 'shop' as source_names;

create table raw.customers as
select
    'a' || i as account_id,
    timestamp '2024-06-30 08:00:00' - to_days(cast(i as integer)) as registered_at,
    'Secret ' || i as name,
    's' || i || '@secret.example' as email,
    's' || i || '@secret.example' as email_normalized,
    case i % 3 when 0 then 'f' when 1 then 'm' end as gender,
    date '1990-01-01' as birth_date,
    'shop' as source_name,
    'customers.csv' as file_name,
    i as row_number
from range(1, 13) as numbers(i);

create table raw.orders as
select
    'o' || i as order_id,
    'a' || ((i - 1) % 12 + 1) as account_id,
    cast(null as varchar) as guest_email,
    cast(null as varchar) as guest_phone,
    cast(null as varchar) as guest_email_normalized,
    cast(null as varchar) as guest_phone_normalized,
    timestamp '2024-06-30 08:00:00' - to_days(cast(i * 5 as integer)) + interval 5 day as ordered_at,
    'paid' as status,
    'CNY' as currency,
    cast(100 as decimal(18, 2)) as total,
    'shop' as source_name,
    'orders.csv' as file_name,
    i as row_number
from range(1, 25) as numbers(i);

create table raw.order_items as
select
    'i' || i as order_item_id,
    'o' || i as order_id,
    'p' || (i % 2) as product_id,
    cast(1 as bigint) as quantity,
    cast(100 as decimal(18, 4)) as unit_price,
    cast(0 as bigint) as refunded_quantity,
    'shop' as source_name,
    'items.csv' as file_name,
    i as row_number
from range(1, 25) as numbers(i);

create table raw.products as
select
    'p' || i as product_id,
    'Tea ' || i as name,
    cast(100 as decimal(18, 4)) as list_price,
    'shop' as source_name,
    'products.csv' as file_name,
    i + 1 as row_number
from range(2) as numbers(i);

create table raw.events as
select
    'e' || i as event_id,
    timestamp '2024-06-30 08:00:00' - to_hours(cast(i as integer)) as occurred_at,
    'a' || i as account_id,
    cast(null as varchar) as anonymous_id,
    's' || i as session_id,
    'view' as type,
    'shop' as source_name,
    'events.jsonl' as file_name,
    i as row_number
from range(1, 13) as numbers(i);

create table raw.tickets as
select
    't' || i as ticket_id,
    'a' || i as account_id,
    timestamp '2024-06-30 08:00:00' - to_days(cast(i as integer)) as opened_at,
    timestamp '2024-06-30 08:10:00' - to_days(cast(i as integer)) as first_response_at,
    timestamp '2024-06-30 18:00:00' - to_days(cast(i as integer)) as resolved_at,
    'human' as channel,
    'line' as level,
    cast(4 as bigint) as csat,
    'shop' as source_name,
    'tickets.csv' as file_name,
    i as row_number
from range(1, 13) as numbers(i);

create table raw.feedback as
select
    'f' || i as feedback_id,
    'a' || i as account_id,
    timestamp '2024-06-30 08:00:00' - to_days(cast(i as integer)) as submitted_at,
    case i % 2 when 0 then 'nps' else 'review' end as kind,
    cast(case i % 2 when 0 then 9 else 4.5 end as decimal(18, 4)) as score,
    'My secret wish ' || i as text,
    'resolved' as status,
    timestamp '2024-06-30 18:00:00' - to_days(cast(i as integer)) as answered_at,
    'shop' as source_name,
    'feedback.csv' as file_name,
    i as row_number
from range(1, 13) as numbers(i);

create table raw.survey_preferences as
select
    's' || i as survey_response_id,
    'a' || i as account_id,
    timestamp '2024-06-30 08:00:00' - to_days(cast(i as integer)) as asked_at,
    'brand' as attribute,
    'Secret tea' as value,
    'shop' as source_name,
    'survey_preferences.csv' as file_name,
    i as row_number
from range(1, 13) as numbers(i);

create table raw.erasure_requests as
select
    'r' || i as request_id,
    timestamp '2024-06-30 08:00:00' - to_days(cast(i as integer)) as requested_at,
    'secret' || i || '@example.com' as identifier,
    'shop' as source_name,
    'erasure_requests.csv' as file_name,
    i as row_number
from range(1, 13) as numbers(i);

create table raw.campaign_messages as
select
    'm' || i || '-' || event as message_event_id,
    'weekly' as campaign_id,
    'm' || i as message_id,
    'a' || i as account_id,
    'email' as channel,
    event,
    timestamp '2024-06-30 08:00:00' + to_hours(hour) - to_days(cast(i as integer)) as occurred_at,
    'shop' as source_name,
    'campaign_messages.csv' as file_name,
    i as row_number
from range(1, 13) as numbers(i), (values ('sent', 0), ('clicked', 1)) as events(event, hour);

create table raw.consents as
select
    'k' || i as consent_id,
    'a' || i as account_id,
    'email' as channel,
    true as is_granted,
    timestamp '2024-06-30 08:00:00' - to_days(cast(i as integer)) as changed_at,
    'shop' as source_name,
    'consents.csv' as file_name,
    i as row_number
from range(1, 13) as numbers(i);

-- Thirty daily files of each kind of size: a Sunday's is empty.
create table ops.ingested_files as
select
    'shop' as source_name,
    feed,
    feed || '-' || lpad(cast(i as varchar), 2, '0') || '.csv' as file_name,
    feed || i as file_hash,
    feed || i as part,
    cast(if(i % 7 = 0, 0, 100) as bigint) as rows_read,
    cast(if(i % 7 = 0, 0, 100) as bigint) as rows_loaded,
    cast(if(i = 5, 30, 0) as bigint) as rows_quarantined,
    cast(0 as bigint) as repeated_keys,
    timestamp '2024-06-30 02:00:00' - to_days(cast(30 - i as integer)) as ingested_at
from range(1, 31) as numbers(i), (values ('orders'), ('events')) as feeds(feed);

create table ops.quarantined_rows as
select 'shop' as source_name, feed, feed || 5 as file_hash, 'set_aside' as reason
from range(30) as numbers(i), (values ('orders'), ('events')) as feeds(feed);

create table ops.unread_inputs as
select
    'shop' as source_name, 'file' as kind, 'notes.txt' as file_name, 'notes.txt' as input_name,
    cast(null as varchar) as likely_feed, cast(null as varchar) as likely_column, false as is_required,
    'no pattern of the source matches it' as detail;

create table marts.fct_orders as
select
    source_name || ':' || order_id as order_id,
    'c' || substr(account_id, 2) as customer_id,
    cast(ordered_at as date) as order_date,
    true as is_purchase,
    cast(1 as bigint) as line_count,
    total as items_amount,
    cast(0 as decimal(18, 2)) as discount_amount,
    cast(0 as decimal(18, 2)) as shipping_amount,
    cast(0 as decimal(18, 2)) as tax_amount,
    total as total_amount,
    total as net_amount
from raw.orders;

create table marts.fct_order_items as
select order_id || '-1' as order_item_id, order_id, 'p' || order_id as product_id, order_date, net_amount
from marts.fct_orders;

create table marts.fct_customer_days as
select customer_id, order_date as activity_date, sum(net_amount) as net_amount, count(*) as purchase_count
from marts.fct_orders
group by all;

create table marts.dim_products as
select distinct product_id, 'tea' as category from marts.fct_order_items
union all
values ('cup', 'cups'), ('pot', 'pots');

create table marts.fct_tickets as
select source_name || ':' || ticket_id as ticket_id, 'c' || substr(account_id, 2) as customer_id from raw.tickets;

create table marts.fct_feedback as
select source_name || ':' || feedback_id as feedback_id, 'c' || substr(account_id, 2) as customer_id from raw.feedback;

create table marts.fct_campaign_messages as
select
    source_name || ':' || message_id as message_id,
    'c' || substr(any_value(account_id), 2) as customer_id,
    min(occurred_at) as sent_at,
    cast(null as timestamp) as opened_at,
    min(occurred_at) filter (where event = 'clicked') as clicked_at
from raw.campaign_messages
group by source_name, message_id;

create table marts.dim_customers as
select
    customer_id, count(*) as order_count, sum(net_amount) as net_sales,
    cast(1 as double) as profile_completeness, 0 as freshness_days, date '2024-06-30' as as_of_date
from marts.fct_orders
group by customer_id;

create table marts.data_quality as
select
    'coverage' as measure, cast(0.9 as double) as value, 9 as numerator, 10 as denominator,
    date '2024-06-30' as as_of_date;

create table marts.segment_value_ratios as
select 'all' as segment_type, 'all' as segment, date '2024-06-30' as as_of_date, count(*) as customer_count
from marts.dim_customers
union all
select 'channel', case when customer_id = 'c3' then 'shop' else 'web' end, date '2024-06-30', count(*)
from marts.dim_customers
group by all;

create table features.customer_features as
with dates as (
    select unnest([date '2024-06-30', date '2024-03-01']) as day
)
select
    customer_id, day as as_of_date, day = date '2024-06-30' as is_today,
    1 as frequency, 60 as recency_days, 90 as age_days, cast(100 as double) as monetary_value,
    30 as days_since_last_order,
    0 as order_count_30d, 2 as order_count_90d, 2 as order_count_180d, 2 as order_count_365d, 2 as order_count,
    cast(0 as double) as net_sales_30d, cast(200 as double) as net_sales_90d, cast(200 as double) as net_sales_180d,
    cast(200 as double) as net_sales_365d, cast(200 as double) as net_sales, cast(100 as double) as average_order_value,
    2 as active_days_90d, 1 as event_count_30d, 1 as event_count_90d, 1 as view_count_30d, 1 as view_count_90d,
    0 as cart_count_30d, 0 as cart_count_90d, 0 as login_count_30d, 1 as session_count_30d,
    1 as days_since_last_event, 100 as days_since_registration, 0 as order_count_same_season,
    cast(60 as double) as days_between_orders, cast(0.5 as double) as overdue_ratio,
    cast(0 as double) as refund_share, cast(0 as double) as discount_share,
    cast(1.5 as double) as decayed_order_count, cast(150 as double) as decayed_net_sales,
    20 as days_from_order_to_visit, 60 as last_gap_days, 60 as longest_gap_days, cast(0 as double) as gap_deviation_days,
    cast(0 as double) as net_sales_12m_change_90d, 2 as ticket_count_365d, 1 as complaint_count_365d,
    1 as open_complaint_count, 20 as days_since_last_complaint, 1 as feedback_count_365d,
    cast(0.5 as double) as average_score_365d, 3 as message_count_90d, 2 as opened_message_count_90d,
    1 as clicked_message_count_90d, 0 as unsubscribe_count, 10 as days_until_618, 100 as days_until_double_11,
    200 as days_until_year_end
from marts.dim_customers cross join dates;

create table features.customer_outcomes as
select
    customer_id, as_of_date, 90 as horizon_days,
    1 as future_order_days, 1 as future_order_count, cast(100 as double) as future_net_sales,
    false as is_churned, true as is_eligible
from features.customer_features
where not is_today;

create table ml.customer_lifetime_value as
select
    customer_id, date '2024-06-30' as as_of_date, 365 as horizon_days, 'bg_nbd' as method,
    'bg_nbd' as method_30d, 'bg_nbd' as method_90d,
    cast(0.8 as double) as probability_alive, cast(0.2 as double) as probability_no_purchase,
    cast(2 as double) as expected_orders, cast(100 as double) as expected_order_value,
    cast(0 as double) as predicted_value_30d, cast(0 as double) as predicted_value_90d,
    cast(0 as double) as predicted_value_30d_low, cast(1e15 as double) as predicted_value_30d_high,
    cast(0 as double) as predicted_value_90d_low, cast(1e15 as double) as predicted_value_90d_high,
    cast(200 as double) as predicted_value,
    cast(0 as double) as predicted_value_low, cast(1e15 as double) as predicted_value_high
from marts.dim_customers;

create table ml.customer_churn as
select
    customer_id, date '2024-06-30' as as_of_date, 90 as horizon_days, 'gradient_boosting' as method,
    cast(rank() over (order by customer_id) / 13.0 as double) as churn_probability,
    cast(rank() over (order by customer_id) * 8 as double) as churn_percentile,
    case
        when rank() over (order by customer_id) < 5 then 'low'
        when rank() over (order by customer_id) < 9 then 'medium'
        else 'high'
    end as churn_band,
    cast(0.95 as double) as churn_probability_30d,
    'silence' as reason_1, 'rhythm' as reason_2, null as reason_3, true as is_above_average,
    cast(0.5 as double) as contribution_base,
    ln(churn_probability / (1 - churn_probability)) - contribution_base as contribution_silence,
    cast(0 as double) as contribution_rhythm, cast(0 as double) as contribution_orders,
    cast(0 as double) as contribution_spend, cast(0 as double) as contribution_tier,
    cast(0 as double) as contribution_tenure, cast(0 as double) as contribution_season,
    cast(0 as double) as contribution_visits, cast(0 as double) as contribution_refunds,
    cast(0 as double) as contribution_discounts, cast(0 as double) as contribution_service,
    cast(0 as double) as contribution_feedback, cast(0 as double) as contribution_campaigns,
    cast(0 as double) as contribution_other
from marts.dim_customers;

create table ml.churn_reliability as
select
    'gradient_boosting' as candidate, cast(i as bigint) as tenth, 1 as customer_count,
    cast(i / 11.0 as double) as predicted_mean, cast(i / 12.0 as double) as actual_mean,
    date '2024-03-01' as test_as_of_date, 90 as horizon_days, date '2024-06-30' as as_of_date
from range(1, 11) as numbers(i);

create table ml.customer_next_order as
select
    customer_id, 90 as horizon_days, 'renewal_law' as method, 'expected' as next_order_status,
    cast(0.7 as double) as probability_of_order, date '2024-07-20' as expected_order_date, date '2024-07-02' as low,
    date '2024-08-20' as high, date '2024-07-10' as due_date, date '2024-06-10' as last_order_date,
    1 as known_gap_count, cast(30 as double) as rhythm_days, date '2024-06-30' as as_of_date
from marts.dim_customers;

create table ml.customer_next_categories as
select
    customer_id, cast(i as bigint) as rank, category, cast(probability as double) as probability,
    'category_mixture' as method, date '2024-06-30' as as_of_date
from marts.dim_customers, (values (1, 'tea', 0.6), (2, 'cups', 0.3), (3, 'pots', 0.3)) as guesses(i, category, probability);

-- Of 100 orders 20 hold a cup, 10 a pot, 8 both.
create table ml.product_affinities as
select
    product_id, other_product_id, cast(1 as bigint) as rank, cast(order_count as bigint) as order_count,
    cast(other_order_count as bigint) as other_order_count, cast(8 as bigint) as together_count,
    cast(0.08 as double) as support, cast(8.0 / order_count as double) as confidence, cast(4 as double) as lift,
    cast(0.001 as double) as p_value, cast(0.01 as double) as q_value, 'confidence' as method,
    date '2024-06-30' as as_of_date
from (values ('cup', 'pot', 20, 10), ('pot', 'cup', 10, 20)) as pairs(product_id, other_product_id, order_count, other_order_count);

create table ml.model_metrics as
select
    model, candidate, role, 'all' as segment, metric, cast(value as double) as value, date '2024-03-01' as test_as_of_date,
    90 as horizon_days, 120 as customer_count, date '2024-06-30' as as_of_date
from (
    values
    ('churn', 'gradient_boosting', 'champion', 'auc', 0.8),
    ('churn', 'recency', 'baseline', 'auc', 0.7),
    ('lifetime_value', 'bg_nbd', 'champion', 'gini', 0.8),
    ('lifetime_value', 'bg_nbd', 'champion', 'bias', -0.1),
    ('lifetime_value', 'past_spend', 'baseline', 'gini', 0.7),
    ('next_order', 'renewal_law', 'champion', 'median_absolute_error', 20),
    ('next_order', 'renewal_law', 'champion', 'interval_coverage', 0.8),
    ('next_order', 'most_usual', 'baseline', 'median_absolute_error', 30),
    ('next_categories', 'category_mixture', 'champion', 'hit_rate_1', 0.6),
    ('next_categories', 'category_mixture', 'champion', 'bias', 0.1),
    ('next_categories', 'same_as_last', 'baseline', 'hit_rate_1', 0.5)
) as metrics(model, candidate, role, metric, value);

create table ml.models as
select
    model, cast('2024-05-01' as date) + cast(days as integer) as trained_as_of, role, role = 'champion' as is_scoring_tonight,
    'the first' as reason, date '2023-05-01' as learned_from, date '2024-02-01' as learned_until,
    100 as row_count, 12 as customer_count, 3 as feature_count, 'brier' as metric, cast(0.1 as double) as value,
    'recency' as best_baseline, cast(0.2 as double) as best_baseline_value, cast(0.5 as double) as skill,
    date '2024-03-01' as test_as_of_date, 'numpy 2' as libraries, 'abc' as sha256, date '2024-06-30' as as_of_date
from (
    values ('churn', 0, 'retired'), ('churn', 30, 'champion'), ('lifetime_value', 30, 'champion')
) as models(model, days, role);

create table ml.backtests as
select
    'churn' as model, 'churn_probability' as forecast, date '2024-03-01' as scored_as_of,
    date '2024-02-01' as trained_as_of, 90 as horizon_days, 'gradient_boosting' as method, metric,
    cast(value as double) as value, 12 as customer_count, date '2024-06-30' as as_of_date
from (values ('mean_forecast', 0.4), ('bias', -0.1), ('bias_error', 0.05), ('brier', 0.2)) as backtests(metric, value);

create table ml.model_drift as
select
    'churn' as model, kind, measure, cast(value as double) as value, cast(0.1 as double) as warn_from,
    cast(0.25 as double) as block_from, level, date '2024-02-01' as compared_as_of, date '2024-06-30' as as_of_date
from (
    values
    ('feature', 'age_days', 0.3, 'block'),
    ('features', 'share_over_block', 0.0, 'ok'),
    ('calibration', 'churn_probability', -0.05, 'ok')
) as drift(kind, measure, value, level);

create table ml.calibration as
select
    'bg_nbd' as candidate, 'money' as measure, i as decile, 1 as customer_count,
    cast(i as double) as predicted_mean, cast(i as double) as actual_mean, date '2024-06-30' as as_of_date
from range(1, 11) as numbers(i);

create table ml.order_tracking as
select
    'bg_nbd' as candidate, date '2024-06-01' + to_days(cast(i as integer)) as period_end,
    cast(1 as double) as expected_orders_incremental, cast(1 as double) as actual_orders_incremental,
    cast(i as double) as expected_orders_cumulative, cast(i as double) as actual_orders_cumulative,
    date '2024-06-30' as as_of_date
from range(1, 5) as numbers(i);

create table ml.frequency_histogram as
select
    1 as frequency, (select count(*) from marts.dim_customers) as actual_customers,
    cast(12 as double) as expected_customers, date '2024-06-30' as as_of_date;

create table marts.customer_rfm as
select
    customer_id, as_of_date, 3 as recency_level, 3 as frequency_level, 3 as monetary_level, 'champions' as rfm_group
from marts.dim_customers;

create table marts.customer_tiers as
select customer_id, as_of_date, 'vip' as value_tier, 'gold' as vip_level from marts.dim_customers;

create table marts.customer_value as
select customer_id, as_of_date, net_sales as historic_value, cast(200 as double) as predicted_value
from marts.dim_customers;

create table marts.customer_churn as
select *, 'send a coupon' as suggested_action from ml.customer_churn;

create table marts.customer_next_order as
select * from ml.customer_next_order;

create table marts.customer_next_categories as
select * from ml.customer_next_categories;

create table marts.product_affinities as
select * from ml.product_affinities;

create table marts.customer_360 as
select customer_id, as_of_date, 'vip' as value_tier, net_sales from marts.dim_customers;

create table marts.segment_summary as
select 'all' as segment_type, 'all' as segment, as_of_date, count(*) as customer_count, sum(net_sales) as net_sales
from marts.customer_360
group by as_of_date
union all
select 'channel', case when customer_id = 'c3' then 'shop' else 'web' end, as_of_date, count(*), sum(net_sales)
from marts.customer_360
group by all;

create table marts.customer_activity as
select customer_id, as_of_date, 'active' as activity, 'high_value' as customer_class from marts.dim_customers;

create table marts.customer_lifecycle as
select customer_id, as_of_date, 'growing' as lifecycle_stage from marts.dim_customers;

create table marts.customer_changes as
select
    customer_id, as_of_date, 'value_tier' as attribute, 'senior' as previous_value, 'vip' as new_value,
    as_of_date - 1 as previous_as_of_date
from marts.dim_customers
where customer_id = 'c3';
