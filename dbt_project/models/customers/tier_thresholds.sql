with net_sales_periods as (

    select * from {{ ref('int_net_sales_periods') }}

),

months as (

    select
        *,
        {{ days_before(1, 'month') }} as eve
    from {{ ref('int_history_months') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

-- what every buyer had on the eve of each month; of nobody where sums are fixed
eves as (

    select
        months.month,
        net_sales_periods.net_sales_12m,
        row_number() over (
            partition by months.month order by net_sales_periods.net_sales_12m
        ) as buyer_rank,
        count(*) over (partition by months.month) as buyer_count

    from net_sales_periods
    inner join months
        on net_sales_periods.valid_from <= months.eve
        and coalesce(net_sales_periods.valid_to, date '9999-12-31') > months.eve
    where '{{ var('tiers_method') }}' = 'quantile'
        and net_sales_periods.net_sales_12m > 0

),

monthly_thresholds as (

    select
        month as valid_from,
        'quantile' as method,
        min(
            case
                when buyer_rank >= {{ var('senior_quantile') }} * buyer_count
                    then net_sales_12m
            end
        ) as senior_from,
        min(
            case
                when buyer_rank >= {{ var('vip_quantile') }} * buyer_count
                    then net_sales_12m
            end
        ) as vip_above,
        min(
            case
                when buyer_rank >= {{ var('platinum_quantile') }} * buyer_count
                    then net_sales_12m
            end
        ) as platinum_above,
        min(
            case
                when buyer_rank >= {{ var('diamond_quantile') }} * buyer_count
                    then net_sales_12m
            end
        ) as diamond_above

    from eves
    where buyer_count >= {{ var('quantile_buyers') }}
    group by month

),

fixed_thresholds as (

    select
        'fixed' as method,
        {{ var('senior_from') }} as senior_from,
        {{ var('vip_above') }} as vip_above,
        {{ var('platinum_above') }} as platinum_above,
        {{ var('diamond_above') }} as diamond_above

),

-- a month without its own has those of the settings, as the days before the first have
first_day as (

    select coalesce(min(customer_since), {{ as_of() }}) as valid_from from customers

),

first_days as (

    select valid_from from first_day

    union all

    select months.month as valid_from
    from months
    cross join first_day
    where '{{ var('tiers_method') }}' = 'quantile'
        and months.month > first_day.valid_from

),

known_thresholds as (

    select
        first_days.valid_from,
        coalesce(monthly_thresholds.method, fixed_thresholds.method) as method,
        coalesce(monthly_thresholds.senior_from, fixed_thresholds.senior_from)
            as senior_from,
        coalesce(monthly_thresholds.vip_above, fixed_thresholds.vip_above)
            as vip_above,
        coalesce(monthly_thresholds.platinum_above, fixed_thresholds.platinum_above)
            as platinum_above,
        coalesce(monthly_thresholds.diamond_above, fixed_thresholds.diamond_above)
            as diamond_above

    from first_days
    cross join fixed_thresholds
    left join monthly_thresholds
        on first_days.valid_from = monthly_thresholds.valid_from

),

tier_thresholds as (

    select
        valid_from,
        lead(valid_from) over (order by valid_from) as valid_to,
        method,
        cast(senior_from as decimal(18, 2)) as senior_from,
        cast(vip_above as decimal(18, 2)) as vip_above,
        cast(platinum_above as decimal(18, 2)) as platinum_above,
        cast(diamond_above as decimal(18, 2)) as diamond_above

    from known_thresholds

)

select * from tier_thresholds
