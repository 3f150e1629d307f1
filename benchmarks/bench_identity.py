"""What it costs to find who is one customer, beside SciPy's connected components on the same edges in the same minute.

    python benchmarks/bench_identity.py --accounts 100k 1m

Three identifiers an account, drawn so that groups of many sizes come about, chains among them; the components must be
SciPy's, or it stops. Accounts have no names, so nothing is told apart. Each run is a process of its own; memory is the
most that it held. A JSON file per size is written.
"""

import argparse
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from identity.resolving import build_identity
from predictions.steps import watched
from rich.console import Console
from whole_job.results import customers_of, size_name, write_result
from whole_job.surroundings import surroundings

from pipelines.settings.model import Identity, Settings

ROUNDS = 16  # what a component of a fifth of a million accounts needs; the default is for the groups of a shop
HERE = Path(__file__).resolve().parent
CONSOLE = Console(highlight=False)
RESOLVED = "int_account_identifiers int_identity_overrides int_identity_links+,+int_customer_accounts"


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", nargs="+", type=customers_of, default=[100_000], help="100k, 1m")
    parser.add_argument("--results", type=Path, default=HERE / "results" / "identity", help="where JSON files go")
    return parser.parse_args()


def make_shop(file: Path, accounts: int, seed: int = 42) -> None:
    """A warehouse with the accounts, their e-mails and phones, a landline each, and nothing else."""
    random = np.random.default_rng(seed)
    drawn = pd.DataFrame({"number": np.arange(accounts)})
    for name, share in (("email", 0.8), ("phone", 0.85)):
        drawn[name] = random.integers(0, int(accounts * share), accounts)
    # every tenth hundred is a chain, in which each shares its phone with the one before and its e-mail with the next
    chained = drawn["number"] // 100 % 10 == 0
    drawn.loc[chained, "email"] = accounts * 2 + drawn["number"] // 2
    drawn.loc[chained, "phone"] = accounts * 2 + (drawn["number"] + 1) // 2
    with duckdb.connect(str(file)) as connection:
        connection.register("drawn", drawn)
        connection.execute("""
            create schema intermediate; create schema raw; create schema reference; create schema ops;
            create table raw.customer_key as select 'k' as customer_key;
            create table reference.identity_overrides (
                decision varchar, source_name varchar, account_id varchar, other_source_name varchar,
                other_account_id varchar, reason varchar
            );
            create table intermediate.int_accounts as
            select
                's:' || number as account_key, 's' as source_name, 'registered' as account_kind,
                timestamp '2024-01-01' + interval 1 minute * number as first_seen_at,
                timestamp '2024-01-01' + interval 1 minute * number as last_seen_at, date '2024-01-01' as known_on,
                'someone' || email || '@example.com' as email_normalized, '+8610' || phone as phone_normalized,
                false as phone_is_landline, cast(null as varchar) as name_mark, cast(null as date) as birth_date
            from drawn;
            create table intermediate.int_account_devices as
            select
                's:d' || number as anonymous_id, 's:' || number as account_key,
                timestamp '2024-01-01' as first_seen_at, timestamp '2024-01-01' as last_seen_at
            from drawn;
        """)


def resolve(file: Path) -> dict[str, Any]:
    """Seconds and memory of the house's own tables."""
    told, _ = watched(lambda: build_identity(file, RESOLVED, Settings(identity=Identity(rounds=ROUNDS))))
    return told


def with_scipy(file: Path) -> dict[str, Any]:
    """Seconds and memory of the same edges read, put together and compared, in SciPy; SystemExit when they differ."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    def work() -> None:
        with duckdb.connect(str(file), read_only=True) as connection:
            edges = connection.execute("""
                with linking as (
                    select account_key, identifier_type || identifier_value as value
                    from intermediate.int_account_identifiers where identifier_status = 'linking'
                )
                select cast(split_part(account_key, ':', 2) as bigint) as account,
                    dense_rank() over (order by value) - 1 as value
                from linking
            """).fetchnumpy()
            [(size,)] = connection.execute("select count(*) from intermediate.int_accounts").fetchall()
            ours = connection.execute(
                "select min(cast(split_part(account_key, ':', 2) as bigint)) over (partition by customer_id) as first"
                " from intermediate.int_customer_accounts order by cast(split_part(account_key, ':', 2) as bigint)"
            ).fetchnumpy()["first"]
        total = size + int(edges["value"].max()) + 1
        ones = np.ones(len(edges["account"]), dtype=bool)
        graph = coo_matrix((ones, (edges["account"], edges["value"] + size)), shape=(total, total))
        _, labels = connected_components(graph, directed=False)
        _, first = np.unique(labels[:size], return_index=True)
        theirs = first[np.searchsorted(np.unique(labels[:size]), labels[:size])]
        if not np.array_equal(ours, theirs):
            raise SystemExit(f"{int((ours != theirs).sum()):,} accounts are of another component than SciPy's")

    told, _ = watched(work)
    return told


def alone(work: Callable[..., Any], *arguments: Any) -> Any:
    """What a call gives in a fresh process, whose memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(work, *arguments).result()


def main() -> None:
    """Measures, compares, prints and writes."""
    chosen = options()
    for accounts in chosen.accounts:
        around = surroundings(HERE.parent)
        with tempfile.TemporaryDirectory() as name:
            file = Path(name) / "guanxi.duckdb"
            make_shop(file, accounts)
            ours, theirs = alone(resolve, file), alone(with_scipy, file)
            with duckdb.connect(str(file), read_only=True) as connection:
                [counts] = connection.execute(
                    "select count(*), count(*) filter (where identifier_status = 'linking'),"
                    " (select count(distinct customer_id) from intermediate.int_customer_accounts),"
                    " (select max(n) from (select count(*) as n from intermediate.int_customer_accounts"
                    "  group by customer_id))"
                    " from intermediate.int_account_identifiers"
                ).fetchall()
        CONSOLE.print(
            f"{accounts:,} accounts, {counts[0]:,} identifiers ({counts[1]:,} linking), {counts[2]:,} customers, the"
            f" largest of {counts[3]:,}: {ours['seconds']:.1f} s, {ours['peak_bytes'] / 2**20:,.0f} MB;"
            f" SciPy {theirs['seconds']:.1f} s, {theirs['peak_bytes'] / 2**20:,.0f} MB; equal components",
            soft_wrap=True,
        )
        runs = [{"name": "guanxi", **ours}, {"name": "scipy", **theirs}]
        told = dict(zip(("identifiers", "linking", "customers", "largest"), counts, strict=True))
        write_result(chosen.results, {**around, "size": size_name(accounts), **told, "runs": runs})


if __name__ == "__main__":
    main()
