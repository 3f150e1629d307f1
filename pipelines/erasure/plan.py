"""What would go: rows by table of the lake and of what is published, for each person. Nothing is changed."""

from collections import Counter
from pathlib import Path

import duckdb

from pipelines.erasure.persons import Person, values_by_person
from pipelines.erasure.shelves import Shelves
from pipelines.landing.erased.parts import Shelf
from pipelines.landing.erased.rows import named_in, values_of
from pipelines.landing.parts import quarantine_path
from pipelines.landing.sql import identifier

CUSTOMER = "customer_id"
Counts = list[Counter[str]]


def count_rows(
    connection: duckdb.DuckDBPyConnection, shelves: Shelves, published: Path, persons: list[Person]
) -> Counts:
    """Rows by table for each of the persons: `lake.<feed>`, `quarantine.<feed>`, and published tables of customers."""
    pairs = values_by_person(persons)
    _write_wanted(connection, pairs)
    counts: Counts = [Counter() for _ in persons]
    for feed, kinds in ((shelf.contract.feed, values_of(shelf.contract)) for shelf in _first_of_feed(shelves)):
        for place, rows in _rows_of_feed(connection, shelves.rows(feed), kinds):
            counts[place][f"lake.{feed}"] += rows
    whose = {(kind, value): place for kind, value, place in pairs}
    for shelf in shelves.every:
        _count_quarantine(shelf, whose, counts)
    if published.exists():
        _count_published(connection, published, counts)
    return counts


def _first_of_feed(shelves: Shelves) -> list[Shelf]:
    return list({shelf.contract.feed: shelf for shelf in shelves.every}.values())


def _write_wanted(connection: duckdb.DuckDBPyConnection, pairs: list[tuple[str, str, int]]) -> None:
    connection.execute("create or replace temp table wanted (kind varchar, value varchar, person integer)")
    if pairs:
        connection.execute(
            "insert into wanted select unnest(?::varchar[]), unnest(?::varchar[]), unnest(?::integer[])",
            [list(column) for column in zip(*pairs, strict=True)],
        )


def _rows_of_feed(
    connection: duckdb.DuckDBPyConnection, rows: str, kinds: list[tuple[str, str]]
) -> list[tuple[int, int]]:
    if not kinds:
        return []
    names = [f"wanted_{number}" for number, _ in enumerate(kinds)]
    values = ", ".join(f"{value} as {name}_value" for name, (_, value) in zip(names, kinds, strict=True))
    joins = " ".join(
        f"left join wanted as {name} on {name}.kind = '{kind}' and {name}.value = {name}_value"
        for name, (kind, _) in zip(names, kinds, strict=True)
    )
    person = f"coalesce({', '.join(f'{name}.person' for name in names)})"
    return connection.execute(
        f"select whose, count(*) from (select {person} as whose from (select {values} from ({rows})) {joins}) "
        "where whose is not null group by whose"
    ).fetchall()


def _count_quarantine(shelf: Shelf, whose: dict[tuple[str, str], int], counts: Counts) -> None:
    import pyarrow.parquet as pq

    for part in shelf.parts:
        file = quarantine_path(shelf.folder, part.part)
        if part.rows_quarantined and file.exists():
            for text in pq.read_table(file, columns=["original_values"])["original_values"].to_pylist():
                named = named_in(shelf.contract, shelf.source_name, shelf.region, text or "")
                if found := [whose[one] for one in named if one in whose]:
                    counts[found[0]][f"quarantine.{shelf.contract.feed}"] += 1


def _count_published(connection: duckdb.DuckDBPyConnection, published: Path, counts: Counts) -> None:
    connection.execute(f"attach '{str(published).replace(chr(39), chr(39) * 2)}' as readers (read_only)")
    try:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_columns() where database_name = 'readers' and column_name = ? "
            "order by all",
            [CUSTOMER],
        ).fetchall()
        for schema, name in tables:
            found = connection.execute(
                f"select wanted.person, count(*) from readers.{identifier(schema)}.{identifier(name)} as held "
                f"join wanted on wanted.kind = 'customer' and wanted.value = held.{CUSTOMER} group by wanted.person"
            ).fetchall()
            for place, rows in found:
                counts[place][f"{schema}.{name}"] += rows
    finally:
        connection.execute("detach readers")
