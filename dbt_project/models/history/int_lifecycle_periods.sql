with purchase_rhythms as (

    select * from {{ ref('int_purchase_rhythms') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

-- what a purchase day expects of the days until the next one
planned_days as (

    select
        customer_id,
        purchase_date,
        purchase_day_number,
        coalesce(next_purchase_date, date '9999-12-31') as next_purchase_date,
        {{ days_after('late_after_days + 1', 'purchase_date') }} as declining_from,
        {{ days_after('lost_after_days + 1', 'purchase_date') }} as lost_from,
        case
            when purchase_day_number >= {{ var('lifecycle_mature_orders') }}
                then {{ days_after(
                    var('lifecycle_mature_days'), 'first_purchase_date'
                ) }}
        end as mature_from

    from purchase_rhythms

),

beginnings as (

    select
        *,
        purchase_date as begins_on
    from planned_days

    union all

    select
        *,
        mature_from as begins_on
    from planned_days
    where mature_from > purchase_date and mature_from < next_purchase_date

    union all

    select
        *,
        declining_from as begins_on
    from planned_days
    where declining_from < next_purchase_date

    union all

    select
        *,
        lost_from as begins_on
    from planned_days
    where lost_from < next_purchase_date

),

stages as (

    select
        customer_id,
        begins_on,
        case
            when begins_on >= lost_from then 'lost'
            when begins_on >= declining_from then 'declining'
            when begins_on >= mature_from then 'mature'
            when purchase_day_number > 1 then 'growing'
            else 'new'
        end as segment

    from beginnings

    union all

    select
        customer_id,
        customer_since as begins_on,
        'prospect' as segment

    from customers
    where first_order_date is null or first_order_date > customer_since

),

stages_and_before as (

    select
        *,
        lag(segment) over (
            partition by customer_id order by begins_on
        ) as stage_before

    from stages

),

lifecycle_periods as (

    select
        customer_id,
        segment,
        begins_on as valid_from

    from stages_and_before
    where stage_before is null or segment <> stage_before

)

select * from lifecycle_periods
