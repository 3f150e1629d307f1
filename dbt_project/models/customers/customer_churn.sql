with churn_scores as (

    select * from {{ source('ml', 'customer_churn') }}

),

rfm as (

    select * from {{ ref('customer_rfm') }}

),

tiers as (

    select * from {{ ref('customer_tiers') }}

),

features as (

    select * from {{ ref('customer_features') }}
    where is_today

),

night as (

    select * from {{ source('ops', 'night') }}

),

customer_churn as (

    select
        churn_scores.customer_id,
        tiers.as_of_date,
        cast(churn_scores.horizon_days as bigint) as horizon_days,
        churn_scores.method,
        cast(churn_scores.churn_probability as double) as churn_probability,
        cast(churn_scores.churn_percentile as double) as churn_percentile,
        churn_scores.churn_band,
        cast(churn_scores.churn_probability_30d as double) as churn_probability_30d,
        rfm.days_since_last_order,
        case
            when churn_scores.churn_band = 'high' and tiers.value_tier = 'vip'
                then 'personal_call'
            when churn_scores.churn_band = 'high' and tiers.value_tier = 'senior'
                then 'win_back_coupon'
            when churn_scores.churn_band = 'high' then 'reminder'
            when churn_scores.churn_band = 'medium' and tiers.value_tier = 'vip'
                then 'win_back_coupon'
            when churn_scores.churn_band = 'medium' and tiers.value_tier = 'senior'
                then 'reminder'
            else 'none'
        end as suggested_action,
        churn_scores.is_above_average,
        coalesce(churn_scores.reason_1, 'none') as main_reason,
        {{ churn_reasons("en") }} as reasons_en,
        {{ churn_reasons("zh") }} as reasons_zh

    from churn_scores
    inner join tiers on churn_scores.customer_id = tiers.customer_id
    inner join rfm on churn_scores.customer_id = rfm.customer_id
    inner join features on churn_scores.customer_id = features.customer_id
    cross join night

)

select * from customer_churn
