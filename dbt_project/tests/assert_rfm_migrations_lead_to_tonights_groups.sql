{{ config(meta={'dagster': {'ref': {'name': 'rfm_migrations'}}}) }}

-- A row is an RFM group of which the customers who came, less those who left, are not
-- those who are in it tonight. Everybody has begun in none.
with customers as (

    select * from {{ ref('customer_rfm') }}

),

migrations as (

    select * from {{ ref('rfm_migrations') }}

),

changes as (

    select
        to_group as rfm_group,
        customer_count
    from migrations

    union all

    select
        from_group as rfm_group,
        -customer_count as customer_count
    from migrations

    union all

    select
        'none' as rfm_group,
        count(*) as customer_count
    from customers

    union all

    select
        rfm_group,
        -count(*) as customer_count
    from customers
    group by rfm_group

)

select
    rfm_group,
    sum(customer_count) as missing_count

from changes
group by rfm_group
having sum(customer_count) <> 0
