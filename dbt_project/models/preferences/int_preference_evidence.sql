with kept_lines as (

    select * from {{ ref('int_kept_lines') }}

),

purchase_styles as (

    select * from {{ ref('int_purchase_styles') }}

),

orders as (

    select * from {{ ref('fct_orders') }}
    where customer_id is not null and is_purchase

),

sessions as (

    select * from {{ ref('fct_sessions') }}
    where customer_id is not null

),

tickets as (

    select * from {{ ref('fct_tickets') }}
    where customer_id is not null

),

feedback as (

    select * from {{ ref('fct_feedback') }}
    where customer_id is not null

),

service_topics as (

    select * from {{ source('reference', 'service_topics') }}

),

buyers as (

    select customer_id from orders
    group by customer_id

),

buyers_on_devices as (

    select customer_id from orders
    where device is not null
    group by customer_id

),

-- who never ordered is known by visits alone
visits_of_others as (

    select
        sessions.customer_id,
        sessions.started_at,
        sessions.session_date

    from sessions
    left join buyers on sessions.customer_id = buyers.customer_id
    where buyers.customer_id is null

),

visits_on_devices as (

    select
        sessions.customer_id,
        sessions.device

    from sessions
    left join buyers_on_devices on sessions.customer_id = buyers_on_devices.customer_id
    where buyers_on_devices.customer_id is null and sessions.device <> 'unknown'

),

moments as (

    select
        customer_id,
        ordered_at as acted_at,
        order_date as acted_date
    from orders

    union all

    select
        customer_id,
        started_at as acted_at,
        session_date as acted_date
    from visits_of_others

),

topics as (

    select
        customer_id,
        topic
    from tickets

    union all

    select
        customer_id,
        topic
    from feedback
    where status <> 'none'

),

needs_of_topics as (

    select
        topics.topic,
        coalesce(
            min_by(
                service_topics.service_need,
                (service_topics.sort_order, service_topics.word)
            ),
            'none'
        ) as service_need

    from (select distinct topic from topics) as topics
    left join service_topics
        on {{ holds_word('topics.topic', 'service_topics.word') }}
    group by topics.topic

),

-- an order speaks once for what it holds, however many lines of it
chosen_in_orders as (

    select
        order_id,
        customer_id,
        'category' as attribute,
        category as value
    from kept_lines
    where category is not null

    union

    select
        order_id,
        customer_id,
        'brand' as attribute,
        brand as value
    from kept_lines
    where brand is not null

    union

    select
        order_id,
        customer_id,
        'price_level' as attribute,
        price_level as value
    from kept_lines
    where price_level is not null

    union

    select
        order_id,
        customer_id,
        'purchase_style' as attribute,
        purchase_style as value
    from purchase_styles

),

evidence as (

    select
        customer_id,
        attribute,
        value
    from chosen_in_orders

    union all

    select
        customer_id,
        'daypart' as attribute,
        {{ daypart(business_hour('acted_at')) }} as value
    from moments

    union all

    select
        customer_id,
        'weekday' as attribute,
        case
            when {{ weekday_of('acted_date') }} >= 6 then 'weekend' else 'weekday'
        end as value
    from moments

    union all

    select
        customer_id,
        'device' as attribute,
        device as value
    from orders
    where device is not null

    union all

    select
        customer_id,
        'device' as attribute,
        device as value
    from visits_on_devices

    union all

    select
        topics.customer_id,
        'service_need' as attribute,
        needs_of_topics.service_need as value
    from topics
    inner join needs_of_topics on topics.topic = needs_of_topics.topic

),

counted_evidence as (

    select
        customer_id,
        attribute,
        value,
        count(*) as evidence_count

    from evidence
    group by customer_id, attribute, value

)

select * from counted_evidence
