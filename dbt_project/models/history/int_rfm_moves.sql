with rfm_months as (

    select * from {{ ref('int_rfm_months') }}

),

thresholds as (

    select
        *,
        {{ month_number('month') }} as month_number

    from {{ ref('rfm_thresholds') }}

),

rfm_groups as (

    select * from {{ ref('int_rfm_groups') }}

),

months as (

    select
        *,
        {{ each_number('first_month_number', 'last_month_number') }} as month_number

    from rfm_months

),

-- what is known of a customer at the end of a month, and of the month before
month_ends as (

    select
        customer_id,
        month_number,
        order_count,
        net_sales,
        last_order_date,
        case
            when month_number > first_month_number then order_count
            else previous_order_count
        end as previous_order_count,
        case
            when month_number > first_month_number then net_sales
            else previous_net_sales
        end as previous_net_sales,
        case
            when month_number > first_month_number then last_order_date
            else previous_last_order_date
        end as previous_last_order_date

    from months

),

codes as (

    select
        month_ends.customer_id,
        month_ends.month_number,
        month_ends.order_count,
        month_ends.net_sales,
        month_ends.last_order_date,
        {{ rfm_code(
            'month_ends.order_count',
            'month_ends.net_sales',
            'month_ends.last_order_date',
            'thresholds',
            'thresholds',
        ) }} as code,
        {{ rfm_code(
            'month_ends.previous_order_count',
            'month_ends.previous_net_sales',
            'month_ends.previous_last_order_date',
            'last_thresholds',
            'last_thresholds',
        ) }} as previous_code

    from month_ends
    inner join thresholds on month_ends.month_number = thresholds.month_number
    left join thresholds as last_thresholds
        on month_ends.month_number - 1 = last_thresholds.month_number

),

-- most codes stay, and with them the group
changed_codes as (

    select * from codes
    where code is distinct from previous_code

),

codes_at_last_thresholds as (

    select
        changed_codes.customer_id,
        changed_codes.code,
        changed_codes.previous_code,
        thresholds.month,
        thresholds.valid_date,
        {{ rfm_code(
            'changed_codes.order_count',
            'changed_codes.net_sales',
            'changed_codes.last_order_date',
            'thresholds',
            'last_thresholds',
        ) }} as code_at_last_thresholds

    from changed_codes
    inner join thresholds on changed_codes.month_number = thresholds.month_number
    left join thresholds as last_thresholds
        on changed_codes.month_number - 1 = last_thresholds.month_number

),

groups as (

    select
        codes.customer_id,
        codes.month,
        codes.valid_date,
        coalesce(from_groups.rfm_group, 'none') as from_group,
        coalesce(to_groups.rfm_group, 'none') as to_group,
        coalesce(groups_at_last_thresholds.rfm_group, 'none')
            as group_at_last_thresholds

    from codes_at_last_thresholds as codes
    left join rfm_groups as from_groups on codes.previous_code = from_groups.code
    left join rfm_groups as to_groups on codes.code = to_groups.code
    left join rfm_groups as groups_at_last_thresholds
        on codes.code_at_last_thresholds = groups_at_last_thresholds.code

),

moves as (

    select
        customer_id,
        month,
        valid_date as moved_date,
        from_group,
        to_group,
        group_at_last_thresholds = from_group as is_threshold_drift

    from groups
    where to_group <> from_group

)

select * from moves
