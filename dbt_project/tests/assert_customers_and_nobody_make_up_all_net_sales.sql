{{ config(meta={'dagster': {'ref': {'name': 'dim_customers'}}}) }}

-- A row is a difference: what customers are credited with, what nobody known bought,
-- and what the shop sold must be one sum.
with credited as (

    select coalesce(sum(net_sales), 0) as amount from {{ ref('dim_customers') }}

),

sold as (

    select
        coalesce(sum(net_amount), 0) as amount,
        coalesce(sum(case when customer_id is null then net_amount end), 0)
            as nobodys_amount

    from {{ ref('fct_orders') }}

)

select
    credited.amount as credited_amount,
    sold.nobodys_amount,
    sold.amount as sold_amount

from credited
cross join sold
where credited.amount + sold.nobodys_amount <> sold.amount
