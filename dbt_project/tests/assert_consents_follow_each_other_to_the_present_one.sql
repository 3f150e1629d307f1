{{ config(meta={'dagster': {'ref': {'name': 'customer_consents'}}}) }}

-- A row is a period that does not end where the next one begins, or two periods of one
-- answer, or a present answer that is not the last one's.
with history as (

    select * from {{ ref('customer_consent_history') }}

),

consents as (

    select * from {{ ref('customer_consents') }}

),

neighbours as (

    select
        *,
        lead(changed_at) over (
            partition by customer_id, channel order by changed_at
        ) as next_from,
        lead(is_granted) over (
            partition by customer_id, channel order by changed_at
        ) as is_granted_next

    from history

),

broken_periods as (

    select
        customer_id,
        channel
    from neighbours
    where (next_changed_at is null) <> (next_from is null)
        or next_changed_at <> next_from
        or is_granted = is_granted_next

),

other_answers as (

    select
        consents.customer_id,
        consents.channel
    from consents
    left join neighbours
        on consents.customer_id = neighbours.customer_id
        and consents.channel = neighbours.channel
        and neighbours.next_from is null
    where consents.is_granted <> coalesce(neighbours.is_granted, false)

)

select * from broken_periods
union all
select * from other_answers
