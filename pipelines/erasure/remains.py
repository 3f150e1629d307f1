"""What else of a person lies in a data directory: scores, contacts, records of runs, the truth of an invented shop.

What is built from the lake is thrown away, to be built anew. Lake and landed files are another matter.
"""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb

from pipelines.erasure.persons import CUSTOMER_ID
from pipelines.folders import DataFolder
from pipelines.landing.erased.register import Register, is_erased
from pipelines.landing.sql import as_plain_path, identifier, literal

ID_BYTES = re.compile(CUSTOMER_ID.pattern.encode())
NOBODY_IN_PARTICULAR = "c_" + "0" * 16
TRUTH = "truth"


def throw_build_away(folder: DataFolder) -> None:
    """Forgets what was built and learned: a database keeps deleted rows until it is written anew."""
    for made in (folder.warehouse.parent, folder.models, folder.pictures):
        if made.exists():
            shutil.rmtree(made)


def purge_remains(register: Register, folder: DataFolder) -> None:
    """Takes the persons in the register out of scores, restricted files, run records and the truth."""
    for file in folder.scores.rglob("*.parquet"):
        _rewrite_parquet(register, file, {"customer_id": "customer"})
    for file in folder.landing.glob(f"*/{TRUTH}/*.parquet"):
        _purge_truth(register, file)
    for file in folder.restricted.glob("*.duckdb"):
        _purge_database(register, file)
    for file in folder.dagster_home.rglob("*.db"):
        _redact_records(register, file)
    for file in [*folder.logs.rglob("*.log"), *folder.dagster_home.rglob("*.out"), *folder.dagster_home.rglob("*.err")]:
        _redact_text(register, file)


def _purge_truth(register: Register, file: Path) -> None:
    """Rows of an invented person, by the ids and addresses that the truth calls them by."""
    source = file.parent.parent.name
    kinds = {"account_id": "account", "order_id": "order", "rescued_order_id": "order"}
    values = {name: (kind, f"{literal(source + ':')} || {name}") for name, kind in kinds.items()}
    values["identity"] = ("email", "lower(identity)")
    with duckdb.connect() as connection:
        names = [name for name, *_ in connection.execute(f"describe from {_parquet(file)}").fetchall()]
        register.open_on(connection)
        asked = [is_erased(kind, value, _parquet(file)) for name, (kind, value) in values.items() if name in names]
        if "identity" in names:
            asked.append(is_erased("account", f"{literal(source + ':')} || identity", _parquet(file)))
        _replace(connection, file, " or ".join(asked))


def _rewrite_parquet(register: Register, file: Path, kinds: dict[str, str]) -> None:
    with duckdb.connect() as connection:
        names = [name for name, *_ in connection.execute(f"describe from {_parquet(file)}").fetchall()]
        register.open_on(connection)
        asked = [is_erased(kind, name, _parquet(file)) for name, kind in kinds.items() if name in names]
        _replace(connection, file, " or ".join(asked))


def _replace(connection: duckdb.DuckDBPyConnection, file: Path, condition: str) -> None:
    """Writes the file without the rows of which `condition` holds, in one step, its metadata kept."""
    if (
        not condition
        or not connection.execute(f"select exists(from {_parquet(file)} where {condition})").fetchall()[0][0]
    ):
        return
    import pyarrow.parquet as pq

    schema = pq.read_schema(file)
    kept = connection.execute(f"from {_parquet(file)} where not ({condition})").to_arrow_table().cast(schema)
    new = file.with_name(f".{file.name}.new")
    pq.write_table(kept.replace_schema_metadata(schema.metadata), new, compression="zstd")
    new.chmod(file.stat().st_mode & 0o777)
    new.replace(file)


def _purge_database(register: Register, file: Path) -> None:
    """Writes a DuckDB file anew without the rows of erased customers: rows that are deleted stay in its free blocks."""
    new = file.with_name(f".{file.name}.new")
    new.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(file)} as before (read_only)")
        tables = connection.execute(
            "select schema_name, table_name from duckdb_columns() where database_name = 'before' "
            "and column_name = 'customer_id'"
        ).fetchall()
        register.open_on(connection)
        erased = {
            f"before.{identifier(schema)}.{identifier(name)}": is_erased(
                "customer", "customer_id", f"before.{identifier(schema)}.{identifier(name)}"
            )
            for schema, name in tables
        }
        if not any(
            connection.execute(f"select exists(from {table} where {condition})").fetchall()[0][0]
            for table, condition in erased.items()
        ):
            return
        connection.execute(f"attach {literal(new)} as after")
        connection.execute("copy from database before to after")
        for table, condition in erased.items():
            connection.execute(f"delete from {table.replace('before.', 'after.', 1)} where {condition}")
    _compact(new, file)


def _compact(new: Path, file: Path) -> None:
    compact = file.with_name(f".{file.name}.compact")
    compact.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(new)} as before (read_only)")
        connection.execute(f"attach {literal(compact)} as after")
        connection.execute("copy from database before to after")
    compact.chmod(file.stat().st_mode & 0o777)
    new.unlink()
    compact.replace(file)


def _erased_ids(register: Register, content: bytes) -> list[str]:
    ids = {found.decode() for found in ID_BYTES.findall(content)}
    return sorted(one for one in ids if register.holds("customer", one))


def _redact_records(register: Register, file: Path) -> None:
    """Run records show a few rows of a table, and so customer ids: those of erased customers become nobody's."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
        ids = _erased_ids(register, file.read_bytes())
        if not ids:
            return
        tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (table,) in tables:
            columns = [row[1] for row in connection.execute(f"pragma table_info({identifier(table)})")]
            for column in map(identifier, columns):
                for one in ids:
                    connection.execute(
                        f"update {identifier(table)} set {column} = replace({column}, ?, ?) "
                        f"where typeof({column}) = 'text' and instr({column}, ?)",
                        [one, NOBODY_IN_PARTICULAR, one],
                    )
        connection.commit()
        connection.execute("vacuum")
        connection.execute("pragma wal_checkpoint(truncate)")


def _redact_text(register: Register, file: Path) -> None:
    content = file.read_bytes()
    if ids := _erased_ids(register, content):
        for one in ids:
            content = content.replace(one.encode(), NOBODY_IN_PARTICULAR.encode())
        file.write_bytes(content)


def _parquet(file: Path) -> str:
    return f"read_parquet({literal(as_plain_path(file))})"
