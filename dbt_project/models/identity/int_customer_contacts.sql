{% set fields = [
    'name', 'email', 'phone', 'address', 'postal_code', 'city', 'province', 'country',
    'birth_date'
] %}
with customer_accounts as (

    select * from {{ ref('int_customer_accounts') }}

),

registrations as (

    select * from {{ ref('stg_customers') }}

),

orders as (

    select * from {{ ref('stg_orders') }}

),

guests as (

    select * from orders
    where is_guest
    qualify
        row_number() over (
            partition by account_key order by ordered_at desc, order_id desc
        ) = 1

),

-- an e-mail that is none by its form, or masked, has no comparable form
statements as (

    select
        account_key,
        coalesce(updated_at, registered_at) as stated_at,
        case when email_normalized is not null then trim(email) end as email,
        email_normalized,
        phone_normalized as phone,
        {{ named('name') }} as name,
        {{ named('address') }} as address,
        {{ named('postal_code') }} as postal_code,
        {{ named('city') }} as city,
        {{ named('province') }} as province,
        {{ named('country') }} as country,
        birth_date

    from registrations

    union all

    select
        account_key,
        ordered_at as stated_at,
        case when guest_email_normalized is not null then trim(guest_email) end
            as email,
        guest_email_normalized as email_normalized,
        guest_phone_normalized as phone,
        cast(null as string) as name,
        cast(null as string) as address,
        cast(null as string) as postal_code,
        cast(null as string) as city,
        cast(null as string) as province,
        cast(null as string) as country,
        cast(null as date) as birth_date

    from guests

),

customer_statements as (

    select
        customer_accounts.customer_id,
        customer_accounts.account_key,
        customer_accounts.source_name,
        {{ source_trust('customer_accounts.source_name') }} as source_order,
        {% for field in fields %}
        statements.{{ field }},
        {% endfor %}
        statements.email_normalized,
        statements.stated_at

    from customer_accounts
    left join statements on customer_accounts.account_key = statements.account_key

),

-- the most trusted source has the greatest standing, of its statements the newest
ranked_statements as (

    select
        *,
        row_number() over (
            partition by customer_id
            order by source_order desc, stated_at asc nulls first, account_key asc
        ) as standing

    from customer_statements

),

golden_contacts as (

    select
        customer_id,
        {% for field in fields %}
        max_by({{ field }}, standing) filter (where {{ field }} is not null)
            as {{ field }},
        max_by(source_name, standing) filter (where {{ field }} is not null)
            as {{ field }}_source,
        {% endfor %}
        max_by(email_normalized, standing) filter (where email is not null)
            as email_normalized

    from ranked_statements
    group by customer_id

),

-- whoever states the same value again, by whatever account, confirms it
confirmations as (

    select
        {% for field in fields %}
        {% set same = 'email_normalized' if field == 'email' else field %}
        max(case when said.{{ same }} = golden.{{ same }} then said.stated_at end)
            as {{ field }}_confirmed_at,
        {% endfor %}
        golden.customer_id

    from golden_contacts as golden
    inner join customer_statements as said on golden.customer_id = said.customer_id
    group by golden.customer_id

),

customer_contacts as (

    select
        {% for field in fields %}
        golden_contacts.{{ field }},
        golden_contacts.{{ field }}_source,
        confirmations.{{ field }}_confirmed_at,
        {% endfor %}
        golden_contacts.customer_id

    from golden_contacts
    inner join confirmations
        on golden_contacts.customer_id = confirmations.customer_id

)

select * from customer_contacts
