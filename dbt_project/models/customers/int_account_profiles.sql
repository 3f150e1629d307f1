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

written_places as (

    select country as place from registrations
    union
    select province as place from registrations
    union
    select city as place from registrations

),

-- each is read once, however many live there
read_places as (

    select
        place,
        trim({{ half_width(named('place')) }}) as narrow_place,
        {{ place_name('place') }} as written

    from written_places
    where place is not null

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
        registrations.province,
        registrations.city,
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
        case
            when provinces.country is null or provinces.country = countries.standard
                then coalesce(provinces.standard, read_provinces.narrow_place)
            else read_provinces.narrow_place
        end as province,
        case
            when cities.country is null or cities.country = countries.standard
                then coalesce(cities.standard, read_cities.narrow_place)
            else read_cities.narrow_place
        end as city,
        stated.channel,
        stated.has_name,
        stated.has_email,
        stated.has_phone,
        stated.has_address

    from stated
    left join reactions on stated.account_key = reactions.account_key
    left join read_places as read_countries on stated.country = read_countries.place
    left join places as countries
        on read_countries.written = countries.written and countries.level = 'country'
    left join read_places as read_provinces on stated.province = read_provinces.place
    left join places as provinces
        on read_provinces.written = provinces.written and provinces.level = 'province'
    left join read_places as read_cities on stated.city = read_cities.place
    left join places as cities
        on read_cities.written = cities.written and cities.level = 'city'

)

select * from account_profiles
