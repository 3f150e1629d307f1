with accounts as (

    select * from {{ ref('int_accounts') }}

),

registrations as (

    select * from {{ ref('stg_customers') }}

),

messages as (

    select * from {{ ref('int_messages') }}

),

places as (

    select * from {{ source('reference', 'places') }}

),

-- a machine that opens mail confirms nobody
reactions as (

    select
        account_key,
        max(greatest(opened_by_person_at, clicked_at)) as reacted_at

    from messages
    where channel = 'email' and account_key is not null
    group by account_key

),

-- a guest states the contacts with every order, an account when it is opened or changed
stated as (

    select
        accounts.account_key,
        accounts.source_name,
        {{ source_trust('accounts.source_name') }} as source_trust,
        registrations.registered_date,
        coalesce(registrations.updated_at, registrations.registered_at) as changed_at,
        case
            when accounts.account_kind = 'guest' then accounts.last_seen_at
            when registrations.updated_at < {{ end_of_as_of() }}
                then registrations.updated_at
            else registrations.registered_at
        end as stated_at,
        registrations.gender,
        registrations.birth_date,
        registrations.occupation,
        registrations.country,
        trim({{ half_width(named('registrations.province')) }}) as province,
        trim({{ half_width(named('registrations.city')) }}) as city,
        registrations.channel,
        {{ named('registrations.name') }} is not null as has_name,
        accounts.email_normalized is not null as has_email,
        accounts.phone_normalized is not null as has_phone,
        {{ named('registrations.address') }} is not null as has_address

    from accounts
    left join registrations on accounts.account_key = registrations.account_key

),

-- a code such as CA is a place of one country, a full name needs none
account_profiles as (

    select
        stated.account_key,
        stated.source_name,
        stated.source_trust,
        stated.registered_date,
        stated.changed_at,
        {{ business_date('greatest(stated.stated_at, reactions.reacted_at)') }}
            as confirmed_date,
        stated.gender,
        stated.birth_date,
        stated.occupation,
        stated.country,
        coalesce(provinces.standard, stated.province) as province,
        coalesce(cities.standard, stated.city) as city,
        stated.channel,
        stated.has_name,
        stated.has_email,
        stated.has_phone,
        stated.has_address

    from stated
    left join reactions on stated.account_key = reactions.account_key
    left join places as countries
        on countries.level = 'country'
        and {{ place_name('stated.country') }} = countries.written
    left join places as provinces
        on provinces.level = 'province'
        and {{ place_name('stated.province') }} = provinces.written
        and coalesce(countries.standard = provinces.country, provinces.country is null)
    left join places as cities
        on cities.level = 'city'
        and {{ place_name('stated.city') }} = cities.written
        and coalesce(countries.standard = cities.country, cities.country is null)

)

select * from account_profiles
