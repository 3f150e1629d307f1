with customers as (

    select customer_id from {{ ref('int_customer_accounts') }}
    group by customer_id

),

history as (

    select * from {{ ref('customer_consent_history') }}

),

channels as (

    {% for channel in contact_channels() %}
    select '{{ channel }}' as channel
    {{ "union all" if not loop.last }}
    {% endfor %}

),

current_consents as (

    select * from history
    where next_changed_at is null

),

-- who has never said a word has not agreed
customer_consents as (

    select
        customers.customer_id,
        channels.channel,
        coalesce(current_consents.is_granted, false) as is_granted,
        current_consents.changed_at,
        coalesce(current_consents.source, 'none') as source,
        {{ as_of() }} as as_of_date

    from customers
    cross join channels
    left join current_consents
        on customers.customer_id = current_consents.customer_id
        and channels.channel = current_consents.channel

)

select * from customer_consents
