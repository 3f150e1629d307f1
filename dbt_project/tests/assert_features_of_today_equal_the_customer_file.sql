{{ config(meta={'dagster': {'ref': {'name': 'customer_features'}}}) }}

-- A row is a customer whose features of today are not what the customer file says, or
-- who is in only one of the two.
with features as (

    select * from {{ ref('customer_features') }}
    where is_today

),

buyers as (

    select * from {{ ref('dim_customers') }}
    where order_count > 0

)

select
    coalesce(features.customer_id, buyers.customer_id) as customer_id,
    features.order_count as features_order_count,
    buyers.order_count,
    features.net_sales as features_net_sales,
    buyers.net_sales

from features
full join buyers on features.customer_id = buyers.customer_id
where features.customer_id is null
    or buyers.customer_id is null
    or features.as_of_date <> buyers.as_of_date
    or features.order_count <> buyers.order_count
    or features.net_sales <> buyers.net_sales
    or features.days_since_last_order
    <> {{ days_between('buyers.last_order_date', 'buyers.as_of_date') }}
