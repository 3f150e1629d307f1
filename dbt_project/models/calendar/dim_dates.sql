with calendar_span as (

    select * from {{ ref('int_calendar_span') }}

),

seasons as (

    select * from {{ source('reference', 'seasons') }}

),

days as (

    select {{ each_day('first_date', 'last_date') }} as calendar_date
    from calendar_span

),

described_days as (

    select
        calendar_date,
        {{ weekday_of('calendar_date') }} as weekday,
        {{ iso_week_of('calendar_date') }} as iso_week,
        {{ first_of_month('calendar_date') }} as month_start,
        {{ last_of_month('calendar_date') }} as month_end,
        day(calendar_date) + month(calendar_date) * 100 as day_of_year

    from days

),

-- of seasons that overlap the first in their order counts
days_in_season as (

    select
        described_days.*,
        coalesce(seasons.season, 'none') as season

    from described_days
    left join seasons
        on described_days.day_of_year
        between seasons.first_month * 100 + seasons.first_day
        and seasons.last_month * 100 + seasons.last_day
    qualify
        row_number() over (
            partition by described_days.calendar_date
            order by seasons.sort_order, seasons.season
        ) = 1

),

dates as (

    select
        calendar_date as date,
        weekday,
        iso_week,
        month_start as month,
        month_end,
        weekday >= 6 as is_weekend,
        season

    from days_in_season

)

select * from dates
