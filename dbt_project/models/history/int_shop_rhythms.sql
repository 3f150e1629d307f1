with purchase_days as (

    select
        *,
        {{ first_of_month('purchase_date') }} as month
    from {{ ref('int_purchase_days') }}

),

gap_counts as (

    select
        'any' as gap_kind,
        month,
        gap_days,
        count(*) as gap_count

    from purchase_days
    where gap_days is not null
    group by month, gap_days

    union all

    select
        'first' as gap_kind,
        month,
        gap_days,
        count(*) as gap_count

    from purchase_days
    where purchase_day_number = 2
    group by month, gap_days

),

months as (

    select month
    from purchase_days
    group by month

),

gap_lengths as (

    select
        gap_kind,
        gap_days

    from gap_counts
    group by gap_kind, gap_days

),

-- a gap is one of the month in which it ended: those before another month are of all
-- months until then
counts_before as (

    select
        gap_lengths.gap_kind,
        gap_lengths.gap_days,
        months.month,
        coalesce(
            sum(gap_counts.gap_count) over (
                partition by gap_lengths.gap_kind, gap_lengths.gap_days
                order by months.month
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as gap_count

    from gap_lengths
    cross join months
    left join gap_counts
        on gap_lengths.gap_kind = gap_counts.gap_kind
        and gap_lengths.gap_days = gap_counts.gap_days
        and months.month = gap_counts.month

),

ranked_lengths as (

    select
        gap_kind,
        gap_days,
        month,
        sum(gap_count) over (
            partition by gap_kind, month order by gap_days
            rows between unbounded preceding and current row
        ) as up_to_this_length,
        sum(gap_count) over (partition by gap_kind, month) as all_lengths

    from counts_before

),

shop_rhythms as (

    select
        gap_kind,
        month,
        cast(max(all_lengths) as bigint) as gap_count,
        min(
            case
                when
                    up_to_this_length
                    >= {{ var('lifecycle_declining_quantile') }} * all_lengths
                    then gap_days
            end
        ) as late_after_days,
        min(
            case
                when
                    up_to_this_length
                    >= {{ var('lifecycle_lost_quantile') }} * all_lengths
                    then gap_days
            end
        ) as lost_after_days

    from ranked_lengths
    where all_lengths >= {{ var('lifecycle_least_gaps') }}
    group by gap_kind, month

)

select * from shop_rhythms
