-- Who is one customer: accounts that share an e-mail address or a phone number, directly or by others, unless more
-- than five accounts have it. The earliest account gives the customer its id.

create temp macro clean_email(email) as
    case
        when regexp_full_match(lower(trim(email)), '[^\s@,;:<>()*]+@([^\s@,;:<>()*.]+\.)+[^\s@,;:<>()*.]{2,}')
            then lower(trim(email))
    end;

create temp macro clean_phone(phone) as
    case
        when
            length(regexp_replace(phone, '\D', '', 'g')) >= 11
            and not regexp_matches(phone, '(0{8}|1{8}|9{8}|1234567(8|89))$')
            then '+86' || right(regexp_replace(phone, '\D', '', 'g'), 11)
    end;

create temp macro guest_key(email, phone) as
    case
        when coalesce(clean_email(email), clean_phone(phone)) is not null
            then 'guest:' || md5(coalesce(clean_email(email), '') || '|' || coalesce(clean_phone(phone), ''))
    end;

create temp table accounts as
with mentions as (
    select
        account_id as account_key, 'registered' as kind, registered_at as seen_at,
        clean_email(email) as email, clean_phone(phone) as phone
    from registrations
    union all
    select account_id, 'unregistered', min(ordered_at), null, null
    from orders
    where account_id is not null
    group by account_id
    union all
    select
        guest_key(guest_email, guest_phone), 'guest', min(ordered_at),
        any_value(clean_email(guest_email)), any_value(clean_phone(guest_phone))
    from orders
    where account_id is null and guest_key(guest_email, guest_phone) is not null
    group by 1
)
select
    account_key,
    bool_or(kind = 'guest') as is_guest,
    min(seen_at) as first_seen_at,
    max(email) as email,
    max(phone) as phone
from mentions
group by account_key;

create temp table shared as
with identifiers as (
    select account_key, 'email' as kind, email as identifier from accounts where email is not null
    union all
    select account_key, 'phone' as kind, phone as identifier from accounts where phone is not null
)
select *, count(*) over (partition by kind, identifier) as accounts
from identifiers;

-- components are small, so every pair of connected accounts is written down
create temp table reachable as
with recursive
links as (
    select one.account_key, other.account_key as neighbour
    from shared as one
    inner join shared as other
        on one.kind = other.kind and one.identifier = other.identifier and one.account_key <> other.account_key
    where one.accounts between 2 and 5
),
reachable as (
    select account_key, neighbour as reached from links
    union
    select reachable.account_key, links.neighbour
    from reachable
    inner join links on reachable.reached = links.account_key
)
select * from reachable;

-- a guest whose only contact is on too many accounts is nobody in particular
create temp table customer_accounts as
with persons as (
    select *
    from accounts
    where not is_guest or account_key in (select account_key from shared where accounts <= 5)
),
connected as (
    select account_key, account_key as reached from persons
    union
    select account_key, reached from reachable
)
select
    connected.account_key,
    'c_' || left(
        md5(arg_min(persons.account_key, (coalesce(persons.first_seen_at, timestamp 'infinity'), persons.account_key))),
        16
    ) as customer_id
from connected
inner join persons on connected.reached = persons.account_key
group by connected.account_key;
