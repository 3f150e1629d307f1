"""How right is it who is one customer? Prints precision and recall over pairs of accounts of people that are known.

    python benchmarks/report_identity.py --seeds 11 12 13 14 15
    python benchmarks/report_identity.py --shop thelook=FOLDER --as-of 2024-01-17

For each seed `identity/duplicates.py` invents people with several accounts, guest orders, shared phones and devices,
e-mails that were given on and slips of the pen; the files are taken in as any shop's are and the tables of identity
built. A pair of accounts (a guest's contacts count as one) is found when both lead to one customer, and true when both
are one person's. Of a real shop, whose people nobody knows, it prints what became of the e-mails and phones that
several accounts share.
"""

import argparse
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
from identity.duplicates import Dirt, draw
from identity.resolving import resolve
from rich.console import Console
from rich.table import Table

AS_OF = date(2026, 5, 31)
CONSOLE = Console(highlight=False)
PAIRS = """
    with owners as (
        select accounts.account_key, accounts.customer_id, accounts.linked_by, truth.person
        from intermediate.int_customer_accounts as accounts inner join truth using (account_key)
    ), counted as (
        select count(*) * (count(*) - 1) / 2 as pairs from owners group by {}
    )
    select coalesce(sum(pairs), 0) from counted
"""
GUESTS = """
    create temp table truth as
    select coalesce('sample:' || told.account_id, orders.account_key) as account_key, any_value(told.person) as person
    from drawn as told
    left join (
        select account_key, upper(coalesce(guest_email_normalized, '')) as email, guest_phone_normalized as phone
        from staging.stg_orders where is_guest group by all
    ) as orders
        on told.account_id is null and orders.email = upper(coalesce(told.email, ''))
        and coalesce(orders.phone, '') = case when told.phone <> '' then '+86' || told.phone else '' end
    where told.account_id is not null or orders.account_key is not null
    group by 1
    having count(distinct told.person) = 1
"""

SHARED = """
    with held as (
        select
            identifiers.identifier_type, identifiers.identifier_value, identifiers.identifier_status,
            count(*) as accounts, count(distinct owners.customer_id) as customers,
            count(distinct accounts.name_mark) as names, count(distinct accounts.birth_date) as birthdays
        from intermediate.int_account_identifiers as identifiers
        left join intermediate.int_customer_accounts as owners using (account_key)
        left join intermediate.int_accounts as accounts using (account_key)
        where identifiers.identifier_status <> 'single'
        group by all
    )
    select
        identifier_type,
        case when held.accounts > 3 then 'more' else cast(held.accounts as varchar) end as held_by,
        case when names = 0 then 'none' when names = 1 then 'one' else 'several' end as names,
        case
            when identifier_status = 'over_limit' then 'links nobody: held by too many'
            when customers = 1 then 'one customer'
            when customers = held.accounts then 'told apart'
            else 'some told apart'
        end as became,
        count(*) as identifiers,
        sum(held.accounts) as all_accounts
    from held group by all order by all
"""


@dataclass(frozen=True)
class Found:
    """Pairs of accounts: found and true, found, true; and how many accounts and customers there were."""

    both: int
    found: int
    true: int
    accounts: int
    customers: int
    people: int

    @property
    def precision(self) -> float:
        """Share of the pairs found that are one person's."""
        return self.both / self.found

    @property
    def recall(self) -> float:
        """Share of the pairs of one person that were found."""
        return self.both / self.true


def measured(people: int, seed: int, dirt: Dirt, work: Path) -> Found:
    """Of one drawing of people."""
    drawn = draw(people, seed, dirt)
    drawn.write(work / "files")
    warehouse = resolve(work / "files", work, AS_OF)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.register("drawn", drawn.truth)
        connection.execute(GUESTS)
        both, found, true = (
            int(connection.execute(PAIRS.format(group)).fetchall()[0][0])
            for group in ("customer_id, person", "customer_id", "person")
        )
        [counts] = connection.execute(
            "select count(*), count(distinct customer_id), count(distinct person)"
            " from intermediate.int_customer_accounts inner join truth using (account_key)"
        ).fetchall()
    return Found(both, found, true, *counts)


def printed(results: dict[tuple[int, float], Found]) -> Table:
    """One line per seed and amount of dirt."""
    table = Table(title="Pairs of accounts of one person", box=None)
    for header in ("seed", "dirt", "accounts", "people", "customers", "true pairs", "precision", "recall"):
        table.add_column(header, justify="right")
    for (seed, times), found in results.items():
        counts = (f"{number:,}" for number in (found.accounts, found.people, found.customers, found.true))
        table.add_row(str(seed), f"{times:g}", *counts, f"{found.precision:.4f}", f"{found.recall:.4f}")
    return table


def shared(name: str, files: Path, day: date, work: Path) -> Table:
    """What became of the identifiers of a real shop that several accounts hold, by kind."""
    warehouse = resolve(files, work, day, name)
    table = Table(title=f"Identifiers that several accounts of {name} hold", box=None)
    for header in ("identifier", "accounts", "names", "became", "identifiers", "all accounts"):
        table.add_column(header)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for row in connection.execute(SHARED).fetchall():
            table.add_row(*map(str, row))
    return table


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument(
        "--dirt", nargs="+", type=float, default=[1.0], help="slips and sharing, so many times as often"
    )
    parser.add_argument("--keep", type=Path, help="folder in which files and warehouses stay")
    parser.add_argument("--shop", metavar="NAME=FOLDER", help="a real shop: a source and the folder of its files")
    parser.add_argument("--as-of", type=date.fromisoformat, default=AS_OF)
    options = parser.parse_args()
    if options.shop:
        name, folder = options.shop.split("=", 1)
        with tempfile.TemporaryDirectory() as work:
            CONSOLE.print(shared(name, Path(folder), options.as_of, Path(work)))
        return
    results = {}
    for times in options.dirt:
        for seed in options.seeds:
            with tempfile.TemporaryDirectory() as name:
                work = options.keep / f"{seed}-{times:g}" if options.keep else Path(name)
                results[seed, times] = measured(options.people, seed, Dirt.scaled(times), work)
    CONSOLE.print(printed(results))


if __name__ == "__main__":
    main()
