-- Who each customer is, and where they stand by recency, frequency and money, and by the sales of twelve months.

create table marts.dim_customers as
with details as (
    select
        customer_accounts.customer_id,
        registrations.*,
        row_number() over (
            partition by customer_accounts.customer_id
            order by
                coalesce(registrations.updated_at, registrations.registered_at) nulls first,
                customer_accounts.account_key
        ) as newness
    from customer_accounts
    left join registrations on customer_accounts.account_key = registrations.account_id
),
golden as (
    select
        customer_id,
        min(registered_date) as registered_date,
        count(*) as account_count,
        max_by(gender, newness) filter (where gender is not null) as gender,
        max_by(birth_date, newness) filter (where birth_date is not null) as birth_date,
        max_by(country, newness) filter (where country is not null) as country,
        max_by(province, newness) filter (where province is not null) as province,
        min_by(channel, newness) filter (where channel is not null) as channel
    from details
    group by customer_id
),
contacts as (
    select
        customer_accounts.customer_id,
        bool_or(shared.kind = 'email') as has_email,
        bool_or(shared.kind = 'phone') as has_phone
    from shared
    inner join customer_accounts on shared.account_key = customer_accounts.account_key
    group by customer_accounts.customer_id
),
purchases as (
    select
        customer_id,
        min(order_date) filter (where is_purchase) as first_order_date,
        max(order_date) filter (where is_purchase) as last_order_date,
        count(*) filter (where is_purchase) as order_count,
        sum(net_amount) as net_sales
    from marts.fct_orders
    where customer_id is not null
    group by customer_id
)
select
    golden.customer_id,
    golden.registered_date,
    'sample' as source_names,
    golden.account_count,
    coalesce(golden.gender, 'unknown') as gender,
    case
        when golden.birth_date is null or golden.birth_date > getvariable('as_of') then 'unknown'
        when date_sub('year', golden.birth_date, getvariable('as_of')) > 120 then 'unknown'
        when date_sub('year', golden.birth_date, getvariable('as_of')) < 18 then 'under_18'
        when date_sub('year', golden.birth_date, getvariable('as_of')) < 25 then '18_24'
        when date_sub('year', golden.birth_date, getvariable('as_of')) < 35 then '25_34'
        when date_sub('year', golden.birth_date, getvariable('as_of')) < 45 then '35_44'
        when date_sub('year', golden.birth_date, getvariable('as_of')) < 55 then '45_54'
        else '55_plus'
    end as age_band,
    coalesce(golden.country, 'unknown') as country,
    coalesce(golden.province, 'unknown') as province,
    coalesce(golden.channel, 'unknown') as channel,
    coalesce(contacts.has_email, false) as has_email,
    coalesce(contacts.has_phone, false) as has_phone,
    purchases.first_order_date,
    purchases.last_order_date,
    coalesce(purchases.order_count, 0) as order_count,
    cast(coalesce(purchases.net_sales, 0) as decimal(18, 2)) as net_sales,
    getvariable('as_of') as as_of_date
from golden
left join contacts on golden.customer_id = contacts.customer_id
left join purchases on golden.customer_id = purchases.customer_id;

create temp macro level(levels, rank, buyers) as cast(1 + floor(levels * (rank - 1) / buyers) as bigint);

create table marts.customer_rfm as
with buyers as (
    select *, date_diff('day', last_order_date, getvariable('as_of')) as days_since_last_order
    from marts.dim_customers
    where order_count > 0
),
thirds as (
    select
        customer_id,
        level(3, rank() over (order by order_count), count(*) over ()) as frequency_level,
        level(3, rank() over (order by net_sales), count(*) over ()) as monetary_level
    from buyers
    where net_sales > 0
),
quintiles as (
    select
        *,
        level(5, rank() over (order by days_since_last_order desc), count(*) over ()) as recency_quintile,
        level(5, rank() over (order by order_count), count(*) over ()) as frequency_quintile,
        level(5, rank() over (order by net_sales), count(*) over ()) as monetary_quintile
    from buyers
),
scores as (
    select
        quintiles.*,
        case when days_since_last_order <= 180 then 3 when days_since_last_order <= 365 then 2 else 1 end
            as recency_level,
        coalesce(thirds.frequency_level, 1) as frequency_level,
        coalesce(thirds.monetary_level, 1) as monetary_level,
        cast(frequency_quintile + monetary_quintile as double) / 2 as frequency_monetary_score
    from quintiles
    left join thirds on quintiles.customer_id = thirds.customer_id
),
codes as (
    select *, cast(recency_level * 100 + frequency_level * 10 + monetary_level as varchar) as rfm_code
    from scores
)
select
    customers.customer_id,
    customers.as_of_date,
    codes.days_since_last_order,
    customers.order_count,
    customers.net_sales,
    cast(codes.recency_level as bigint) as recency_level,
    codes.frequency_level,
    codes.monetary_level,
    coalesce(codes.rfm_code, 'none') as rfm_code,
    case
        when codes.rfm_code in ('333', '332', '323') then 'champions'
        when codes.rfm_code in ('321', '322', '331', '232', '233') then 'loyal'
        when codes.rfm_code in ('312', '313', '311', '222', '223') then 'recent'
        when codes.rfm_code in ('213', '221', '123', '132', '133') then 'needs_attention'
        when codes.rfm_code in ('231', '212', '122', '131', '211') then 'at_risk'
        when codes.rfm_code in ('111', '112', '113', '121') then 'inactive'
        else 'none'
    end as rfm_group,
    codes.recency_quintile,
    codes.frequency_quintile,
    codes.monetary_quintile,
    codes.frequency_monetary_score,
    case
        when codes.customer_id is null then 'prospects'
        when codes.recency_quintile >= 4 and codes.frequency_monetary_score >= 4 then 'champions'
        when codes.recency_quintile >= 3 and codes.frequency_monetary_score >= 3 then 'loyal'
        when codes.recency_quintile >= 4 and codes.frequency_monetary_score >= 2 then 'potential_loyalists'
        when codes.recency_quintile = 5 then 'new_customers'
        when codes.recency_quintile = 4 then 'promising'
        when codes.recency_quintile = 3 and codes.frequency_monetary_score >= 2 then 'needs_attention'
        when codes.recency_quintile = 3 then 'about_to_sleep'
        when codes.recency_quintile = 1 and codes.frequency_monetary_score >= 4 then 'cannot_lose'
        when codes.frequency_monetary_score >= 3 then 'at_risk'
        when codes.frequency_monetary_score >= 2 then 'hibernating'
        else 'lost'
    end as rfm_segment
from marts.dim_customers as customers
left join codes on customers.customer_id = codes.customer_id;

create table marts.customer_tiers as
with spend as (
    select
        customers.customer_id,
        cast(coalesce(sum(orders.net_amount), 0) as decimal(18, 2)) as net_sales_12m,
        count(*) filter (where orders.is_purchase) as order_count_12m
    from marts.dim_customers as customers
    left join marts.fct_orders as orders
        on customers.customer_id = orders.customer_id
        and orders.order_date > getvariable('as_of') - interval 12 month
    group by customers.customer_id
)
select
    customer_id,
    getvariable('as_of') as as_of_date,
    net_sales_12m,
    order_count_12m,
    case when net_sales_12m > 5000 then 'vip' when net_sales_12m >= 1000 then 'senior' else 'regular' end
        as value_tier,
    case
        when net_sales_12m <= 5000 then 'none'
        when net_sales_12m > 20000 then 'diamond'
        when net_sales_12m > 10000 then 'platinum'
        else 'gold'
    end as vip_level
from spend;
