with interactions as (

    select
        customer_id,
        interaction_date,
        login_count,
        {{ day_number('interaction_date') }} as day_number

    from {{ ref('int_interactions') }}
    where login_count > 0

),

-- most customers never had as many log-ins in all their time
candidates as (

    select customer_id
    from interactions
    group by customer_id
    having sum(login_count) > {{ var('high_frequency_logins') }}

),

counted_days as (

    select
        interactions.customer_id,
        interactions.interaction_date,
        interactions.day_number,
        sum(interactions.login_count) over (
            partition by interactions.customer_id order by interactions.day_number
            range between {{ var('login_days') | int - 1 }} preceding and current row
        ) as logins_until_now,
        sum(interactions.login_count) over (
            partition by interactions.customer_id order by interactions.day_number
            range between current row and {{ var('login_days') | int - 1 }} following
        ) as logins_from_now,
        sum(interactions.login_count) over (
            partition by interactions.customer_id order by interactions.day_number
            range between 1 following and {{ var('login_days') | int }} following
        ) as logins_afterwards

    from interactions
    inner join candidates on interactions.customer_id = candidates.customer_id

),

-- when the log-ins of a day are counted no more, those that still are may be too few
ending_days as (

    select
        *,
        case
            when
                logins_from_now > {{ var('high_frequency_logins') }}
                and coalesce(logins_afterwards, 0) <= {{ var('high_frequency_logins') }}
                then day_number + {{ var('login_days') }}
        end as end_number

    from counted_days

),

days_with_an_end as (

    select
        customer_id,
        interaction_date,
        logins_until_now,
        min(end_number) over (
            partition by customer_id order by day_number
            range between {{ var('login_days') | int - 1 }} preceding
            and unbounded following
        ) as frequent_until

    from ending_days

),

frequent_days as (

    select
        customer_id,
        interaction_date,
        frequent_until

    from days_with_an_end
    where logins_until_now > {{ var('high_frequency_logins') }}

)

select * from frequent_days
