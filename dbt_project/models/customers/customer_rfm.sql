with customers as (

    select * from {{ ref('dim_customers') }}

),

thresholds as (

    select * from {{ ref('rfm_thresholds') }}

),

rfm_groups as (

    select * from {{ ref('int_rfm_groups') }}

),

periods as (

    select * from {{ ref('int_rfm_periods') }}

),

tonights_thresholds as (

    select * from thresholds
    where valid_date = {{ as_of() }}

),

-- in the first month of a shop tonight's are the last
last_thresholds as (

    select * from thresholds
    where month >= {{ months_before(1, first_of_month(as_of())) }}
    qualify row_number() over (order by month) = 1

),

latest_periods as (

    select
        customer_id,
        max(valid_from) as rfm_group_since,
        max_by(previous_segment, valid_from) as previous_rfm_group

    from periods
    group by customer_id

),

buyers as (

    select
        customer_id,
        last_order_date,
        {{ days_between('last_order_date', as_of()) }} as days_since_last_order,
        order_count,
        net_sales

    from customers
    where order_count > 0

),

-- scheme A: frequency and monetary by thirds of the buyers whose net sales are positive
levels as (

    select
        buyers.customer_id,
        {{ recency_level('buyers.last_order_date', 'tonights_thresholds') }}
            as recency_level,
        {{ frequency_level(
            'buyers.order_count', 'buyers.net_sales', 'tonights_thresholds'
        ) }} as frequency_level,
        {{ monetary_level('buyers.net_sales', 'tonights_thresholds') }}
            as monetary_level,
        {{ rfm_code(
            'buyers.order_count',
            'buyers.net_sales',
            'buyers.last_order_date',
            'tonights_thresholds',
            'tonights_thresholds',
        ) }} as code,
        {{ rfm_code(
            'buyers.order_count',
            'buyers.net_sales',
            'buyers.last_order_date',
            'tonights_thresholds',
            'last_thresholds',
        ) }} as code_at_last_thresholds

    from buyers
    cross join tonights_thresholds
    cross join last_thresholds

),

-- scheme B: quintiles of all buyers
quintiles as (

    select
        customer_id,
        days_since_last_order,
        {{ rank_level(5, 'days_since_last_order desc') }} as recency_quintile,
        {{ rank_level(5, 'order_count') }} as frequency_quintile,
        {{ rank_level(5, 'net_sales') }} as monetary_quintile

    from buyers

),

scores as (

    select
        *,
        cast(frequency_quintile + monetary_quintile as double) / 2
            as frequency_monetary_score

    from quintiles

),

customer_rfm as (

    select
        customers.customer_id,
        {{ as_of() }} as as_of_date,
        scores.days_since_last_order,
        customers.order_count,
        customers.net_sales,
        cast(levels.recency_level as bigint) as recency_level,
        cast(levels.frequency_level as bigint) as frequency_level,
        cast(levels.monetary_level as bigint) as monetary_level,
        coalesce(cast(levels.code as string), 'none') as rfm_code,
        coalesce(rfm_groups.rfm_group, 'none') as rfm_group,
        latest_periods.previous_rfm_group,
        latest_periods.rfm_group_since,
        coalesce(groups_at_last_thresholds.rfm_group, 'none')
            as rfm_group_at_last_thresholds,
        scores.recency_quintile,
        scores.frequency_quintile,
        scores.monetary_quintile,
        scores.frequency_monetary_score,
        case
            when scores.customer_id is null then 'prospects'
            when scores.recency_quintile >= 4 and scores.frequency_monetary_score >= 4
                then 'champions'
            when scores.recency_quintile >= 3 and scores.frequency_monetary_score >= 3
                then 'loyal'
            when scores.recency_quintile >= 4 and scores.frequency_monetary_score >= 2
                then 'potential_loyalists'
            when scores.recency_quintile = 5 then 'new_customers'
            when scores.recency_quintile = 4 then 'promising'
            when scores.recency_quintile = 3 and scores.frequency_monetary_score >= 2
                then 'needs_attention'
            when scores.recency_quintile = 3 then 'about_to_sleep'
            when scores.recency_quintile = 1 and scores.frequency_monetary_score >= 4
                then 'cannot_lose'
            when scores.frequency_monetary_score >= 3 then 'at_risk'
            when scores.frequency_monetary_score >= 2 then 'hibernating'
            else 'lost'
        end as rfm_segment

    from customers
    inner join latest_periods on customers.customer_id = latest_periods.customer_id
    left join levels on customers.customer_id = levels.customer_id
    left join rfm_groups on levels.code = rfm_groups.code
    left join rfm_groups as groups_at_last_thresholds
        on levels.code_at_last_thresholds = groups_at_last_thresholds.code
    left join scores on customers.customer_id = scores.customer_id

)

select * from customer_rfm
