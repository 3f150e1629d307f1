{# `moves` from `months` and `steps`: per month the customers who went from one segment, at
   the end of the month before, to another or the same at its end, and what their amounts
   then add up to. A step is a customer's segment and amount from a day on. Whoever has none
   in a month stays where they are, and is found by what the others leave of each segment,
   so that nobody is counted once a month. #}
{% macro segment_moves() -%}
    month_ends as (

        select
            customer_id,
            {{ first_of_month('valid_from') }} as month,
            max_by(segment, valid_from) as to_segment,
            max_by(amount, valid_from) as to_amount

        from steps
        group by customer_id, {{ first_of_month('valid_from') }}

    ),

    customer_moves as (

        select
            month,
            to_segment,
            to_amount,
            coalesce(
                lag(to_segment) over (partition by customer_id order by month), 'none'
            ) as from_segment,
            coalesce(
                lag(to_amount) over (partition by customer_id order by month), 0
            ) as from_amount

        from month_ends

    ),

    made_moves as (

        select
            month,
            from_segment,
            to_segment,
            count(*) as customer_count,
            sum(from_amount) as from_amount,
            sum(to_amount) as to_amount

        from customer_moves
        group by month, from_segment, to_segment

    ),

    segments as (

        select to_segment as segment
        from made_moves
        group by to_segment

    ),

    entries as (

        select
            month,
            to_segment as segment,
            sum(customer_count) as customer_count,
            sum(to_amount) as amount

        from made_moves
        group by month, to_segment

    ),

    departures as (

        select
            month,
            from_segment as segment,
            sum(customer_count) as customer_count,
            sum(from_amount) as amount

        from made_moves
        group by month, from_segment

    ),

    changes as (

        select
            months.month,
            segments.segment,
            coalesce(entries.customer_count, 0) as entered_count,
            coalesce(entries.amount, 0) as entered_amount,
            coalesce(departures.customer_count, 0) as departed_count,
            coalesce(departures.amount, 0) as departed_amount

        from months
        cross join segments
        left join entries
            on months.month = entries.month
            and segments.segment = entries.segment
        left join departures
            on months.month = departures.month
            and segments.segment = departures.segment

    ),

    unmoved as (

        select
            month,
            segment,
            sum(entered_count - departed_count) over (
                partition by segment order by month
                rows between unbounded preceding and current row
            ) - entered_count as customer_count,
            sum(entered_amount - departed_amount) over (
                partition by segment order by month
                rows between unbounded preceding and current row
            ) - entered_amount as amount

        from changes

    ),

    all_moves as (

        select
            month,
            from_segment,
            to_segment,
            customer_count,
            to_amount as amount
        from made_moves

        union all

        select
            month,
            segment as from_segment,
            segment as to_segment,
            customer_count,
            amount
        from unmoved

    ),

    moves as (

        select
            month,
            from_segment,
            to_segment,
            cast(sum(customer_count) as bigint) as customer_count,
            sum(amount) as amount

        from all_moves
        group by month, from_segment, to_segment
        having sum(customer_count) > 0

    )
{%- endmacro %}
