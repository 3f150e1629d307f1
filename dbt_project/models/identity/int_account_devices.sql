with visit_days as (

    select * from {{ ref('int_visit_days') }}

),

account_devices as (

    select
        anonymous_id,
        account_key,
        min(started_at) as first_seen_at,
        max(ended_at) as last_seen_at

    from visit_days
    where anonymous_id is not null and account_key is not null
    group by anonymous_id, account_key

)

select * from account_devices
