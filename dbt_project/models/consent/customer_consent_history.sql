with consents as (

    select * from {{ ref('stg_consents') }}

),

-- a message can be unsubscribed by again, after new consent: each time counts
unsubscribes as (

    select * from {{ ref('stg_campaign_messages') }}
    where event_type = 'unsubscribed' and account_key is not null

),

customer_accounts as (

    select * from {{ ref('int_customer_accounts') }}

),

statements as (

    select
        account_key,
        channel,
        changed_at,
        is_granted,
        coalesce(consent_source, 'unknown') as consent_source
    from consents

    union all

    select
        account_key,
        channel,
        occurred_at as changed_at,
        false as is_granted,
        'unsubscribe' as consent_source
    from unsubscribes

),

-- of what is said at one instant, by whichever account, a refusal counts
customer_statements as (

    select
        customer_accounts.customer_id,
        statements.channel,
        statements.changed_at,
        count(*) filter (where not statements.is_granted) = 0 as is_granted,
        min_by(
            statements.consent_source,
            (
                case when statements.is_granted then 1 else 0 end,
                statements.consent_source
            )
        ) as consent_source

    from statements
    inner join customer_accounts
        on statements.account_key = customer_accounts.account_key
    group by
        customer_accounts.customer_id, statements.channel, statements.changed_at

),

compared_statements as (

    select
        *,
        lag(is_granted) over (
            partition by customer_id, channel order by changed_at
        ) as was_granted

    from customer_statements

),

-- who says the same again changes nothing
changes as (

    select * from compared_statements
    where was_granted is null or was_granted <> is_granted

),

customer_consent_history as (

    select
        customer_id,
        channel,
        changed_at,
        lead(changed_at) over (
            partition by customer_id, channel order by changed_at
        ) as next_changed_at,
        is_granted,
        consent_source as source,
        {{ as_of() }} as as_of_date

    from changes

)

select * from customer_consent_history
