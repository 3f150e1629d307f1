with customers as (

    select * from {{ ref('dim_customers') }}

),

buyers as (

    select
        customer_id,
        {{ days_between('last_order_date', as_of()) }} as days_since_last_order,
        order_count,
        net_sales

    from customers
    where order_count > 0

),

-- scheme A: frequency and monetary by thirds of the buyers whose net sales are positive
thirds as (

    select
        customer_id,
        {{ rank_level(3, 'order_count') }} as frequency_level,
        {{ rank_level(3, 'net_sales') }} as monetary_level

    from buyers
    where net_sales > 0

),

-- scheme B: quintiles of all buyers
quintiles as (

    select
        customer_id,
        {{ rank_level(5, 'days_since_last_order desc') }} as recency_quintile,
        {{ rank_level(5, 'order_count') }} as frequency_quintile,
        {{ rank_level(5, 'net_sales') }} as monetary_quintile

    from buyers

),

scores as (

    select
        buyers.customer_id,
        buyers.days_since_last_order,
        case
            when buyers.days_since_last_order <= {{ var('rfm_recent_days') }} then 3
            when buyers.days_since_last_order <= {{ var('rfm_lapsing_days') }} then 2
            else 1
        end as recency_level,
        coalesce(thirds.frequency_level, 1) as frequency_level,
        coalesce(thirds.monetary_level, 1) as monetary_level,
        quintiles.recency_quintile,
        quintiles.frequency_quintile,
        quintiles.monetary_quintile,
        cast(quintiles.frequency_quintile + quintiles.monetary_quintile as double) / 2
            as frequency_monetary_score

    from buyers
    inner join quintiles on buyers.customer_id = quintiles.customer_id
    left join thirds on buyers.customer_id = thirds.customer_id

),

codes as (

    select
        *,
        cast(recency_level * 100 + frequency_level * 10 + monetary_level as string)
            as rfm_code

    from scores

),

customer_rfm as (

    select
        customers.customer_id,
        {{ as_of() }} as as_of_date,
        codes.days_since_last_order,
        customers.order_count,
        customers.net_sales,
        cast(codes.recency_level as bigint) as recency_level,
        codes.frequency_level,
        codes.monetary_level,
        codes.rfm_code,
        case
            when codes.rfm_code in ('333', '332', '323') then 'champions'
            when codes.rfm_code in ('321', '322', '331', '232', '233') then 'loyal'
            when codes.rfm_code in ('312', '313', '311', '222', '223') then 'recent'
            when codes.rfm_code in ('213', '221', '123', '132', '133')
                then 'needs_attention'
            when codes.rfm_code in ('231', '212', '122', '131', '211') then 'at_risk'
            when codes.rfm_code in ('111', '112', '113', '121') then 'inactive'
        end as rfm_group,
        codes.recency_quintile,
        codes.frequency_quintile,
        codes.monetary_quintile,
        codes.frequency_monetary_score,
        case
            when codes.customer_id is null then 'prospects'
            when codes.recency_quintile >= 4 and codes.frequency_monetary_score >= 4
                then 'champions'
            when codes.recency_quintile >= 3 and codes.frequency_monetary_score >= 3
                then 'loyal'
            when codes.recency_quintile >= 4 and codes.frequency_monetary_score >= 2
                then 'potential_loyalists'
            when codes.recency_quintile = 5 then 'new_customers'
            when codes.recency_quintile = 4 then 'promising'
            when codes.recency_quintile = 3 and codes.frequency_monetary_score >= 2
                then 'needs_attention'
            when codes.recency_quintile = 3 then 'about_to_sleep'
            when codes.recency_quintile = 1 and codes.frequency_monetary_score >= 4
                then 'cannot_lose'
            when codes.frequency_monetary_score >= 3 then 'at_risk'
            when codes.frequency_monetary_score >= 2 then 'hibernating'
            else 'lost'
        end as rfm_segment

    from customers
    left join codes on customers.customer_id = codes.customer_id

)

select * from customer_rfm
