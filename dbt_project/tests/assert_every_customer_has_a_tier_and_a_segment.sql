{{ config(meta={'dagster': {'ref': {'name': 'customer_rfm'}}}) }}

-- A row is a customer without a tier or a segment, or one that only they know.
with customers as (

    select customer_id from {{ ref('dim_customers') }}

),

tiers as (

    select customer_id from {{ ref('customer_tiers') }}

),

rfm as (

    select customer_id from {{ ref('customer_rfm') }}

)

select
    customers.customer_id,
    tiers.customer_id as tier_customer_id,
    rfm.customer_id as rfm_customer_id

from customers
full join tiers on customers.customer_id = tiers.customer_id
full join rfm on customers.customer_id = rfm.customer_id
where customers.customer_id is null
    or tiers.customer_id is null
    or rfm.customer_id is null
