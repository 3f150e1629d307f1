with dates as (

    select * from {{ ref('dim_dates') }}

),

rfm_months as (

    select * from {{ ref('int_rfm_months') }}

),

first_month as (

    select
        coalesce(min(first_month_number), {{ month_number(as_of()) }})
            as month_number

    from rfm_months

),

-- the ends of months, and tonight
days as (

    select
        dates.month,
        dates.date as valid_date,
        {{ month_number('dates.date') }} as month_number

    from dates
    cross join first_month
    where {{ month_number('dates.date') }} >= first_month.month_number
        and (
            dates.date = {{ as_of() }}
            or (dates.date < {{ as_of() }} and dates.date = dates.month_end)
        )

),

buyers as (

    select
        {{ each_number('first_month_number', 'last_month_number') }} as month_number,
        order_count,
        net_sales

    from rfm_months
    where order_count > 0 and net_sales > 0

),

frequencies as (

    select
        month_number,
        order_count,
        count(*) as customer_count

    from buyers
    group by month_number, order_count

),

ranked_frequencies as (

    select
        month_number,
        order_count,
        sum(customer_count) over (
            partition by month_number order by order_count
            rows between unbounded preceding and current row
        ) as place,
        sum(customer_count) over (
            partition by month_number order by order_count
            rows between unbounded preceding and unbounded following
        ) as buyer_count

    from frequencies

),

frequency_thresholds as (

    select
        month_number,
        cast(max(buyer_count) as bigint) as buyer_count,
        min(order_count) filter (where 3 * place >= buyer_count) as level_2_above,
        min(order_count) filter (where 3 * place >= 2 * buyer_count) as level_3_above

    from ranked_frequencies
    group by month_number

),

ranked_sales as (

    select
        month_number,
        net_sales,
        row_number() over (partition by month_number order by net_sales) as place

    from buyers

),

monetary_thresholds as (

    select
        ranked_sales.month_number,
        min(
            case
                when 3 * ranked_sales.place >= frequency_thresholds.buyer_count
                    then ranked_sales.net_sales
            end
        ) as level_2_above,
        min(
            case
                when 3 * ranked_sales.place >= 2 * frequency_thresholds.buyer_count
                    then ranked_sales.net_sales
            end
        ) as level_3_above

    from ranked_sales
    inner join frequency_thresholds
        on ranked_sales.month_number = frequency_thresholds.month_number
    group by ranked_sales.month_number

),

thresholds as (

    select
        days.month,
        days.valid_date,
        coalesce(frequency_thresholds.buyer_count, 0) as buyer_count,
        {{ days_before(var('rfm_lapsing_days'), 'days.valid_date') }}
            as recency_level_2_from,
        {{ days_before(var('rfm_recent_days'), 'days.valid_date') }}
            as recency_level_3_from,
        frequency_thresholds.level_2_above as frequency_level_2_above,
        frequency_thresholds.level_3_above as frequency_level_3_above,
        monetary_thresholds.level_2_above as monetary_level_2_above,
        monetary_thresholds.level_3_above as monetary_level_3_above,
        {{ as_of() }} as as_of_date

    from days
    left join frequency_thresholds
        on days.month_number = frequency_thresholds.month_number
    left join monetary_thresholds
        on days.month_number = monetary_thresholds.month_number

)

select * from thresholds
