"""The invented people: nobody real is meant, and who is behind which account can be found out."""

import re
from collections import defaultdict

import phonenumbers

RESERVED = ("@example.com", "@example.org", "@example.net")
BLOCKED = {"", "null", "00000000000"}
LIMIT = 5  # an identifier on more accounts links nobody


def digits(phone: str) -> str:
    return re.sub(r"^(00)?86", "", re.sub(r"\D", "", phone))


def identifiers(email: str, phone: str) -> list[str]:
    address = email.strip().lower()
    is_address = re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address)
    found = [address] if is_address else []
    return found + ([] if phone in BLOCKED else [digits(phone)])


def test_every_email_is_in_a_domain_reserved_for_examples(shop):
    emails = shop.column("select email from customers union all select guest_email from orders")
    addresses = [email.strip().lower() for email in emails if "@" in email]
    domains = {address[address.rindex("@") :] for address in addresses}
    assert domains <= {*RESERVED, "@"}
    assert set(RESERVED) <= domains


def test_every_phone_is_possible_but_assigned_to_nobody(shop):
    phones = shop.column("select distinct phone from customers union select distinct guest_phone from orders")
    phones = [phone for phone in phones if phone not in BLOCKED]
    assert len(phones) > 10_000
    for phone in phones[::5]:
        number = phonenumbers.parse(phone, "CN")
        assert phonenumbers.is_possible_number(number), phone
        assert not phonenumbers.is_valid_number(number), phone
        assert phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == "+86" + digits(phone)


def test_the_same_contact_is_typed_in_several_ways(shop):
    emails = [email for email in shop.column("select email from customers") if "@" in email]
    assert any(email != email.strip() for email in emails)
    assert any(email != email.lower() for email in emails)
    phones = shop.column("select phone from customers")
    assert all(any(mark in phone for phone in phones) for mark in (" ", "-", "+86", "0086"))


def test_accounts_and_guest_orders_that_share_a_contact_are_exactly_the_persons(shop):
    accounts = shop.connection.execute("select account_id, email, phone from customers").fetchall()
    guests = shop.connection.execute(
        "select 'order ' || order_id, guest_email, guest_phone from orders where account_id = ''"
    ).fetchall()
    owner = dict(
        shop.connection.execute(
            """select identity, person_id from identities where identity_kind = 'account'
            union all select 'order ' || order_id, person_id from order_owners"""
        ).fetchall()
    )
    on_accounts = defaultdict(set)
    for account, email, phone in accounts:
        for identifier in identifiers(email, phone):
            on_accounts[identifier].add(account)
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for record, email, phone in accounts + guests:
        root(record)
        for identifier in identifiers(email, phone):
            if len(on_accounts[identifier]) <= LIMIT:
                parent[root(record)] = root(identifier)
    persons_of = defaultdict(set)
    for record, _, _ in accounts + guests:
        persons_of[root(record)].add(owner[record])
    assert all(len(persons) == 1 for persons in persons_of.values())
    assert len(persons_of) == shop.truth.counts["persons"]


def test_an_account_says_whose_it_is_in_the_truth_too(shop):
    assert shop.value("select count(*) from orders where account_id <> ''") > 0
    astray = """select count(*) from sound_orders
        join identities on identities.identity = sound_orders.account_id and identity_kind = 'account'
        where identities.person_id <> sound_orders.person_id"""
    assert shop.value(astray) == 0
    strangers = "select count(*) from orders anti join identities on identity = account_id where account_id <> ''"
    assert shop.value(strangers) == 0


def test_orders_are_split_among_the_accounts_of_a_person(shop):
    used = """select count(*) from (select person_id from sound_orders where account_id <> ''
        group by person_id having count(distinct account_id) > 1)"""
    assert shop.value(used) > 50


def test_nobody_orders_with_an_account_before_it_is_opened(shop):
    early = """select count(*) from sound_orders join customers using (account_id)
        where moment < registered_at::timestamp"""
    assert shop.value(early) == 0
