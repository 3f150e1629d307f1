with purchase_days as (

    select
        *,
        purchase_day_number - 1 as gap_count,
        {{ days_between('first_purchase_date', 'purchase_date') }} as gap_sum,
        case when purchase_day_number = 1 then 'first' else 'any' end as gap_kind,
        {{ first_of_month('purchase_date') }} as month

    from {{ ref('int_purchase_days') }}

),

shop_rhythms as (

    select * from {{ ref('int_shop_rhythms') }}

),

-- from sums of whole numbers, so that every engine has the same deviation
spread_days as (

    select
        *,
        sqrt(
            cast(gap_count * gap_square_sum - gap_sum * gap_sum as double)
            / nullif(gap_count * (gap_count - 1), 0)
        ) as gap_deviation

    from purchase_days

),

-- what the gaps so far would have the next one be
own_rhythms as (

    select
        *,
        gap_count >= {{ var('lifecycle_own_gaps') }} as is_own,
        greatest(
            {{ whole_days(
                "median_gap_days + "
                ~ var('lifecycle_declining_spreads') ~ " * gap_deviation"
            ) }},
            {{ var('lifecycle_least_days') }}
        ) as own_late_after_days,
        {{ whole_days(
            "median_gap_days + " ~ var('lifecycle_lost_spreads') ~ " * gap_deviation"
        ) }} as own_lost_after_days

    from spread_days

),

chosen_rhythms as (

    select
        own_rhythms.customer_id,
        own_rhythms.purchase_date,
        own_rhythms.purchase_day_number,
        own_rhythms.first_purchase_date,
        own_rhythms.next_purchase_date,
        own_rhythms.median_gap_days,
        case
            when own_rhythms.is_own then 'own'
            when shop_rhythms.month is not null then 'shop'
            else 'settings'
        end as expected_gap_source,
        case
            when own_rhythms.is_own then own_rhythms.own_late_after_days
            when shop_rhythms.month is not null then shop_rhythms.late_after_days
            else {{ var('lifecycle_declining_days') }}
        end as late_after_days,
        case
            when own_rhythms.is_own
                then greatest(
                        own_rhythms.own_lost_after_days,
                        2 * own_rhythms.own_late_after_days
                    )
            when shop_rhythms.month is not null then shop_rhythms.lost_after_days
            else {{ var('lifecycle_lost_days') }}
        end as lost_after_days

    from own_rhythms
    left join shop_rhythms
        on own_rhythms.gap_kind = shop_rhythms.gap_kind
        and own_rhythms.month = shop_rhythms.month

),

purchase_rhythms as (

    select
        customer_id,
        purchase_date,
        purchase_day_number,
        first_purchase_date,
        next_purchase_date,
        median_gap_days,
        expected_gap_source,
        cast(late_after_days as bigint) as late_after_days,
        cast(greatest(lost_after_days, late_after_days + 1) as bigint)
            as lost_after_days

    from chosen_rhythms

)

select * from purchase_rhythms
