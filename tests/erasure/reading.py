"""A second look at what a data directory holds, that knows the persons in clear text and nothing of how they went."""

import gzip
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from pipelines.folders import DataFolder


def contents(home: Path) -> Iterator[tuple[str, bytes]]:
    """Every file's bytes, and once more what packed files, Parquet and databases hold, by the file's name."""
    for file in sorted(path for path in home.rglob("*") if path.is_file() and not path.is_symlink()):
        name = str(file.relative_to(home))
        yield name, file.read_bytes()
        if file.suffix == ".gz":
            yield name, gzip.decompress(file.read_bytes())
        elif file.suffix == ".zip":
            with zipfile.ZipFile(file) as archive:
                yield from ((name, archive.read(member)) for member in archive.namelist())
        elif file.suffix == ".parquet":
            yield name, "\n".join(_cells(pq.read_table(file).columns)).encode()
        elif file.suffix == ".duckdb":
            yield from ((f"{name}, {table}", held) for table, held in _tables(file))


def _cells(columns: Iterable) -> Iterator[str]:
    for column in columns:
        yield from (str(value) for value in column.unique().to_pylist() if value is not None)


def _tables(file: Path) -> Iterator[tuple[str, bytes]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        for schema, table in connection.execute("select schema_name, table_name from duckdb_tables()").fetchall():
            columns = connection.execute(f'from "{schema}"."{table}"').to_arrow_table().columns
            yield f"{schema}.{table}", "\n".join(_cells(columns)).encode()


def hits(home: Path, values: Iterable[str]) -> dict[str, list[str]]:
    """Which of the values stand anywhere, by the file they stand in."""
    wanted = [(value, value.encode()) for value in values]
    found: dict[str, list[str]] = {}
    for name, held in contents(home):
        for value, text in wanted:
            if text in held:
                found.setdefault(name, []).append(value)
    return found


def of_customers(home: Path, customers: Iterable[str]) -> dict[str, set[str]]:
    """E-mails, phones, names, account numbers and ids that are these customers' and nobody else's, as they landed."""
    with duckdb.connect(str(DataFolder(home).warehouse), read_only=True) as connection:
        connection.execute("create temp table wanted as select unnest(?) as customer_id", [list(customers)])
        landed = f"read_parquet('{home}/lake/{{}}/*/*-????????.parquet', union_by_name = true)"
        connection.execute(f"""
            create temp table landed as
            select source_name || ':' || account_id as account_key, name, email, phone, account_id as account,
                email_normalized, phone_normalized from {landed.format("customers")}
            union all by name
            select coalesce(source_name || ':' || account_id, source_name || ':guest:' || md5(coalesce(
                guest_email_normalized, '') || '|' || coalesce(guest_phone_normalized, ''))) as account_key,
                guest_email as email, guest_phone as phone, account_id as account,
                guest_email_normalized as email_normalized, guest_phone_normalized as phone_normalized
            from {landed.format("orders")}""")
        connection.execute("""
            create temp table bearers as
            select landed.*, coalesce(accounts.customer_id in (from wanted), false) as is_wanted
            from landed left join intermediate.int_customer_accounts as accounts using (account_key)""")
        found = {
            column: {
                value
                for (value,) in connection.execute(f"""
                    select {column} from bearers where {column} is not null
                    group by {column} having bool_and(is_wanted)""").fetchall()
            }
            for column in ("email", "phone", "name", "account", "email_normalized", "phone_normalized")
        }
    return {**found, "customer_id": set(customers)}
