"""Who is behind an identifier: all accounts, contacts, orders and devices that are theirs alone. Nothing is changed."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from pipelines.erasure.shelves import Shelves
from pipelines.landing.refining.normalising import mailbox, normalized_phone

CUSTOMER_ID = re.compile(r"c_[0-9a-f]{16}")
BUILT = "intermediate.int_customer_accounts"
GUEST = "md5(coalesce(email, '') || '|' || coalesce(phone, ''))"


class NotOnePerson(Exception):
    """An identifier that is nobody's (`customers` is 0) or that several customers bear."""

    def __init__(self, customers: int) -> None:
        super().__init__()
        self.customers = customers


@dataclass(frozen=True)
class Person:
    """All that names one person, by the register's kinds; ids with their source before them, as tables have them."""

    values: dict[str, frozenset[str]] = field(repr=False)


class Persons:
    """The accounts and contacts of a data directory, as everything that ever landed tells of them.

    Whose they are the build says; what it does not know yet (or without a build) belongs together by shared contacts
    that no more than `limits` accounts bear.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        shelves: Shelves,
        build: Path,
        customer_key: str,
        limits: Mapping[str, int],
    ) -> None:
        self._connection, self._shelves, self._key, self._limits = connection, shelves, customer_key, limits
        _write_bearers(connection, shelves)
        self._customers = _built_customers(build)
        self._join_unknown_accounts()
        self._accounts: dict[str, set[str]] = {}
        for account, customer in self._customers.items():
            self._accounts.setdefault(customer, set()).add(account)

    def find(self, identifier: str) -> Person:
        """The person behind an e-mail address, phone number, account id or customer_id. Raises NotOnePerson."""
        customers = {self._customers[account] for account in self._holders(identifier.strip())}
        if len(customers) != 1:
            raise NotOnePerson(len(customers))
        [customer] = customers
        return self._person(self._accounts[customer], customer)

    def forms(self, identifier: str) -> set[str]:
        """Everything that the identifier may be in the register."""
        identifier = identifier.strip()
        phones = {normalized_phone(identifier, region) for region in self._shelves.regions}
        names = {f"{name}:{identifier}" for name in self._shelves.source_names}
        contacts = {contact for contact in (mailbox(identifier), *phones) if contact}
        return {identifier, identifier.lower(), *names, *contacts}

    def _holders(self, identifier: str) -> set[str]:
        if CUSTOMER_ID.fullmatch(identifier):
            return self._accounts.get(identifier, set())
        if "@" in identifier:
            return self._bearing("email", mailbox(identifier) or identifier)
        names = {identifier, *(f"{name}:{identifier}" for name in self._shelves.source_names)}
        if accounts := names & self._customers.keys():
            return accounts
        phones = {normalized_phone(identifier, region) for region in self._shelves.regions}
        return {account for phone in phones if phone for account in self._bearing("phone", phone)}

    def _bearing(self, kind: str, value: str) -> set[str]:
        found = self._connection.execute(f"select distinct account from bearers where {kind} = ?", [value])
        return {account for (account,) in found.fetchall()}

    def _join_unknown_accounts(self) -> None:
        """Gives every account that no build knows a customer: that of whom it shares a contact with, or its own."""
        every = {account for (account,) in self._connection.execute("select distinct account from bearers").fetchall()}
        unknown = sorted(every - self._customers.keys())
        if not unknown:
            return
        self._connection.execute(
            "create or replace temp table unknown_accounts as select unnest(?) as account", [unknown]
        )
        for kind in ("email", "phone"):
            shared = self._connection.execute(
                f"select list(distinct account order by account) from bearers where {kind} is not null and {kind} in "
                f"(select {kind} from bearers semi join unknown_accounts using (account)) group by {kind} "
                f"having count(distinct account) between 2 and {self._limits[kind]}"
            ).fetchall()
            for (accounts,) in shared:
                self._join(accounts)
        for account in unknown:
            self._customers.setdefault(account, account)

    def _join(self, accounts: list[str]) -> None:
        known = sorted({self._customers[account] for account in accounts if account in self._customers})
        customer = known[0] if known else accounts[0]
        for account in accounts:
            before = self._customers.get(account)
            if before is None:
                self._customers[account] = customer
            elif before != customer and not CUSTOMER_ID.fullmatch(before):  # what a build has parted stays so
                self._customers = {one: customer if of == before else of for one, of in self._customers.items()}

    def _person(self, accounts: set[str], customer: str) -> Person:
        self._connection.execute(
            "create or replace temp table wanted_accounts as select unnest(?::varchar[]) as account", [sorted(accounts)]
        )
        ids = {f"c_{hashlib.md5((self._key + account).encode()).hexdigest()[:16]}" for account in accounts}
        if CUSTOMER_ID.fullmatch(customer):
            ids.add(customer)
        values = {
            "account": frozenset(accounts),
            "email": self._only_theirs("email"),
            "phone": self._only_theirs("phone"),
            "order": self._orders(),
            "device": self._devices(),
            "customer": frozenset(ids),
        }
        return Person({kind: held for kind, held in values.items() if held})

    def _only_theirs(self, kind: str) -> frozenset[str]:
        """A contact that somebody else bears as well must not keep that one out."""
        return self._ask(
            f"select distinct {kind} from bearers semi join wanted_accounts using (account) where {kind} is not null "
            f"and {kind} not in (select {kind} from bearers anti join wanted_accounts using (account) "
            f"where {kind} is not null)"
        )

    def _orders(self) -> frozenset[str]:
        return self._ask("select distinct order_id from owned_orders semi join wanted_accounts using (account)")

    def _devices(self) -> frozenset[str]:
        return self._ask(
            "select distinct device from devices semi join wanted_accounts using (account) where device not in "
            "(select device from devices anti join wanted_accounts using (account))"
        )

    def _ask(self, query: str) -> frozenset[str]:
        return frozenset(value for (value,) in self._connection.execute(query).fetchall())


def _write_bearers(connection: duckdb.DuckDBPyConnection, shelves: Shelves) -> None:
    """The tables bearers (accounts and the contacts that ever stood on a row of theirs), owned_orders and devices."""
    account = "source_name || ':' || account_id"
    orders = (
        "select source_name || ':' || order_id as order_id, guest_email_normalized as email, "
        f"guest_phone_normalized as phone, {account} as named, source_name from ({shelves.rows('orders')})"
    )
    guest = f"case when email is not null or phone is not null then source_name || ':guest:' || {GUEST} end"
    connection.execute(
        f"create or replace temp table owned_orders as select order_id, coalesce(named, {guest}) as account, "
        "case when named is null then email end as email, case when named is null then phone end as phone "
        f"from ({orders})"
    )
    others = "".join(
        f" union all select {account}, null, null from ({shelves.rows(feed)}) where account_id is not null"
        for feed in shelves.feeds_with("account_id")
        if feed not in ("customers", "orders")
    )
    connection.execute(
        "create or replace temp table bearers as select distinct * from ("
        f"select {account} as account, email_normalized as email, phone_normalized as phone from "
        f"({shelves.rows('customers')}) union all select account, email, phone from owned_orders "
        f"where account is not null{others})"
    )
    connection.execute(
        f"create or replace temp table devices as select distinct source_name || ':' || anonymous_id as device, "
        f"{account} as account from ({shelves.rows('events')}) "
        "where anonymous_id is not null and account_id is not null"
    )


def _built_customers(build: Path) -> dict[str, str]:
    """Customers by account, as last built; none where nothing was."""
    if not build.exists():
        return {}
    try:
        with duckdb.connect(str(build), read_only=True) as connection:
            return dict(connection.execute(f"select account_key, customer_id from {BUILT}").fetchall())
    except (duckdb.CatalogException, duckdb.IOException):
        return {}


def values_by_person(persons: Iterable[Person]) -> list[tuple[str, str, int]]:
    """Kind, value and the place of the person whose it is, each kind and value once."""
    found: dict[tuple[str, str], int] = {}
    for place, person in enumerate(persons):
        for kind, values in person.values.items():
            for value in values:
                found.setdefault((kind, value), place)
    return [(kind, value, place) for (kind, value), place in found.items()]
