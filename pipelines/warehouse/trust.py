"""What was found out about the tables of a build, each finding tied to the very content it is about; and what follows.

A finding counts for the content that was looked at and for nothing else: it carries a fingerprint of the table and one
of what the night was built from. Rules are not run here, and no table is changed but `ops.gate_results`.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from pipelines.warehouse.duckdb_tables import DuckDBTables

IS_BUILT = "is_built_from_what_landed"
GATE_TOTALS = "ops.gate_totals"
OF_THE_LAKE = ("raw.", "staging.")  # schemas whose views show parts that stay


class PublicationRefused(Exception):
    """The build may not be published; the message names table and rule."""


class AuditFailed(Exception):
    """A new file is not what was built; the previous one stays in place."""


@dataclass(frozen=True)
class Result:
    """What came of one rule on one table: `severity` is error (nothing may be published) or warning."""

    rule: str
    severity: str
    is_passed: bool
    unexpected_count: int = 0
    observed_value: str = ""


def record_results(
    connection: duckdb.DuckDBPyConnection, run_id: str, gate: str, results: Mapping[str, Iterable[Result]]
) -> None:
    """Append what `gate` found, by table, to `ops.gate_results`; one run's earlier word on the same tables is replaced.

    A table that does not exist (its build failed) is recorded without a fingerprint.
    """
    checked_at = datetime.now(UTC).replace(tzinfo=None)
    [(as_of,)] = connection.execute("select as_of_date from ops.night").fetchall()
    inputs = fingerprint_of_inputs(connection)
    rows = []
    for table, found in results.items():
        content = fingerprint(connection, table) if DuckDBTables(connection).exists(table) else None
        rows += [
            (
                run_id,
                as_of,
                gate,
                table,
                result.rule,
                result.severity,
                result.is_passed,
                result.unexpected_count,
                result.observed_value,
                checked_at,
                content,
                inputs,
            )
            for result in found
        ]
        connection.execute(
            "delete from ops.gate_results where run_id = ? and gate = ? and table_name = ?", [run_id, gate, table]
        )
    if rows:  # in one statement: DuckDB takes seven times as long with a statement a row
        one = f"({', '.join('?' * len(rows[0]))})"
        values = ", ".join([one] * len(rows))
        connection.execute(f"insert into ops.gate_results values {values}", [value for row in rows for value in row])


def fingerprint(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """A digest of a table's columns and rows, in whatever order; of a view on the lake, whose parts stay, its text."""
    return _fingerprint(connection, table, _texts_of_views(connection) if table.startswith(OF_THE_LAKE) else {})


def _fingerprint(connection: duckdb.DuckDBPyConnection, table: str, texts: Mapping[str, str]) -> str:
    if table in texts:
        return _digest(texts[table])
    columns = connection.execute(f"describe {table}").fetchall()
    # Equal rows cancel each other out in an exclusive or, so the sum counts them.
    rows = connection.execute(
        f"select count(*), bit_xor(hash(rows_of)), sum(hash(rows_of) % 1000000007) from {table} as rows_of"
    ).fetchall()
    return _digest(columns, rows)


def _texts_of_views(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The text of every view on the lake, by "schema.name"; to ask for one costs as much as for all."""
    texts = connection.execute(
        "select schema_name || '.' || view_name as address, sql from duckdb_views()"
        " where database_name = current_database() and not internal"
    ).fetchall()
    return {address: text for address, text in texts if address.startswith(OF_THE_LAKE)}


def is_as_built(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> bool:
    """Whether each of these tables is there as the last word on its building found it, and that it was built well."""
    tables = list(tables)
    said = connection.execute(
        """
        select table_name, fingerprint from ops.gate_results where rule = ? and list_contains(?, table_name)
        qualify row_number() over (partition by table_name order by checked_at desc) = 1 and is_passed
        """,
        [IS_BUILT, tables],
    ).fetchall()
    exist = DuckDBTables(connection).exists
    return len(said) == len(tables) and all(
        exist(table) and fingerprint(connection, table) == content for table, content in said
    )


def fingerprint_of_inputs(connection: duckdb.DuckDBPyConnection) -> str:
    """A digest of what every table of the build is a function of: the night, and the relations of the schema raw."""
    relations = connection.execute(
        "select table_schema || '.' || table_name from information_schema.tables"
        " where table_catalog = current_database() and table_schema = 'raw' order by all"
    ).fetchall()
    named = [name for (name,) in relations] + ["ops.night"]
    texts = _texts_of_views(connection)
    return _digest([(name, _fingerprint(connection, name, texts)) for name in named])


def doubts(
    connection: duckdb.DuckDBPyConnection, promised: Mapping[str, Iterable[str]], built: Iterable[str]
) -> list[str]:
    """Why the build may not be published, a sentence each; empty when it may.

    Parameters
    ----------
    promised
        The rules of every gated table, by "schema.name".
    built
        The tables that readers would see and that a step of the night builds.
    """
    inputs = fingerprint_of_inputs(connection)
    newest = {
        (table, rule): row
        for table, rule, *row in connection.execute("""
            select table_name, rule, severity, is_passed, unexpected_count, observed_value, fingerprint, inputs
            from ops.gate_results
            qualify row_number() over (partition by table_name, rule order by checked_at desc) = 1
        """).fetchall()
    }
    made = set(built)
    found = []
    for table in sorted({*promised, *made}):
        rules = [*([IS_BUILT] if table in made else []), *promised.get(table, ())]
        found += _doubts_of(connection, table, rules, newest, inputs)
    return sorted(found, key=lambda sentence: " breaks " not in sentence)  # what is known to be wrong comes first


def _doubts_of(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    rules: list[str],
    newest: Mapping[tuple[str, str], list],
    inputs: str,
) -> list[str]:
    if not DuckDBTables(connection).exists(table):
        return [f"{table} does not exist: materialize it"]
    content = fingerprint(connection, table)
    found, unasked = [], []
    for rule in rules:
        severity, is_passed, count, observed, of_content, of_inputs = newest.get((table, rule), [None] * 6)
        if rule == IS_BUILT and of_inputs != inputs:
            return [f"{table} was not built from what has landed ({IS_BUILT}): materialize it"]
        if of_inputs != inputs or of_content != content:
            unasked.append(rule)
        elif not is_passed and severity == "error":
            found.append(f"{table} breaks {rule}{_rows(count)}{f' ({observed})' if observed else ''}")
    if IS_BUILT in unasked:  # what tests its rows while it is built has not seen these
        found.append(f"{table} changed since it was built and tested: materialize it")
    elif unasked:
        more = f" and {len(unasked) - 1} more" if len(unasked) > 1 else ""
        found.append(f"{table} was not asked {unasked[0]}{more} since it changed: run its checks")
    return found


def create_gate_totals(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the view ops.gate_totals: how many rules each gate of each run asked, and how many held."""
    connection.execute(f"""
        create or replace view {GATE_TOTALS} as
        select
            run_id,
            as_of_date,
            gate,
            count(distinct table_name) as table_count,
            count(*) as rule_count,
            count(*) filter (where is_passed) as held_count,
            min(checked_at) as began_at
        from ops.gate_results group by run_id, as_of_date, gate
    """)


def broken_rules(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The rules of severity error that the newest findings of each table call broken, a sentence each."""
    rows = connection.execute("""
        select table_name, rule, unexpected_count, observed_value
        from (
            from ops.gate_results
            qualify row_number() over (partition by table_name, rule order by checked_at desc) = 1
        )
        where not is_passed and severity = 'error' and as_of_date = (select as_of_date from ops.night)
        order by checked_at desc, table_name, rule
    """).fetchall()
    return [
        f"{table} breaks {rule}{_rows(count)}{f' ({observed})' if observed else ''}"
        for table, rule, count, observed in rows
    ]


def _rows(count: int | None) -> str:
    return f", {count:,} row{'s' if count != 1 else ''}" if count else ""


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]
