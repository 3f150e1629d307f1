"""The one file outside lake and build that holds personal fields: a customer's accounts over time, and its contacts.

It is written beside the published file, for its owner alone, and tells of the same night. Which value of several counts
is dbt's to say (`intermediate.int_customer_contacts`); what readers without that right see is publication's business.
"""

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path

import duckdb

from pipelines.durable import sync
from pipelines.problems import BadInput
from pipelines.warehouse.build import connect, connect_in_memory
from pipelines.warehouse.declared import PublishedTable
from pipelines.warehouse.restricted_tables import ACCOUNTS, CONTACTS, READ_FROM_BUILD, write_tables
from pipelines.warehouse.trust import AuditFailed

FILE_FOR_OWNER = 0o600
FOLDER_FOR_OWNER = 0o700


def contacts_file(folder: Path) -> Path:
    """Where those who are entitled find the DuckDB file."""
    return folder / "contacts.duckdb"


def prepare_contacts(
    build: Path, folder: Path, publication_id: str, as_of: date, declared: Mapping[str, PublishedTable]
) -> None:
    """Write the file that belongs to a publication beside the one that is in use, audited and forced to disk.

    Raises AuditFailed when it lacks rows, BadInput when the file in use, whose history it carries on, cannot be read.
    """
    folder.mkdir(mode=FOLDER_FOR_OWNER, parents=True, exist_ok=True)
    folder.chmod(FOLDER_FOR_OWNER)
    target = _pending(folder, publication_id)
    try:
        target.unlink(missing_ok=True)
        _write(build, folder, target, publication_id, as_of, declared)
        _audit(build, target)
        target.chmod(FILE_FOR_OWNER)
        sync(target)
    except Exception:
        discard_contacts(folder, publication_id)
        raise
    finally:
        shutil.rmtree(folder / ".spill", ignore_errors=True)


def put_contacts_in_place(folder: Path, publication_id: str) -> None:
    """Swap in what was prepared for a publication that readers see by now."""
    os.replace(_pending(folder, publication_id), contacts_file(folder))
    with suppress(OSError):  # which some file systems do not do for folders
        sync(folder)


def discard_contacts(folder: Path, publication_id: str) -> None:
    """Remove what was prepared for a publication that did not come about."""
    for path in _leftovers(_pending(folder, publication_id)):
        path.unlink(missing_ok=True)


def settle_contacts(folder: Path, current: str | None) -> None:
    """Finish what a killed run left: what readers see tells whether its publication came about."""
    for path in folder.glob(".*.new"):
        if current is not None and path == _pending(folder, current):
            put_contacts_in_place(folder, current)
        else:
            discard_contacts(folder, path.name.removeprefix(".").removesuffix(".new"))


def _pending(folder: Path, publication_id: str) -> Path:
    return folder / f".{publication_id}.new"


def _leftovers(target: Path) -> list[Path]:
    return [target, target.with_name(f"{target.name}.wal")]


def _write(
    build: Path, folder: Path, target: Path, publication_id: str, as_of: date, declared: Mapping[str, PublishedTable]
) -> None:
    with connect_in_memory() as connection:
        connection.execute(f"set temp_directory = '{_quoted(folder / '.spill')}'")
        connection.execute(f"attach '{_quoted(build)}' as build (read_only)")
        connection.execute(f"attach '{_quoted(target)}' as restricted (storage_version 'v1.2.0')")
        known_until = _attach_earlier(connection, contacts_file(folder))
        write_tables(connection, publication_id, as_of, known_until, declared[CONTACTS])


def _attach_earlier(connection: duckdb.DuckDBPyConnection, file: Path) -> date | None:
    """Make the file in use known as `earlier`; returns the newest day that its accounts are known of."""
    if not file.exists():
        return None
    try:
        connection.execute(f"attach '{_quoted(file)}' as earlier (read_only)")
        [(newest,)] = connection.execute("select newest_as_of_date from earlier.night").fetchall()
    except (duckdb.Error, ValueError) as problem:
        if "lock" in str(problem).lower():
            raise BadInput(f"{file} is held open by another process; end that program, then run again") from None
        raise BadInput(
            f"{file} cannot be read, and without it the history of accounts would be lost: put it back from the"
            " backup, or delete it to begin that history anew"
        ) from None
    return newest


def _audit(build: Path, target: Path) -> None:
    """Every customer of the build has its contacts and, of the newest night, every account its customer."""
    with connect(build, read_only=True) as connection:
        built = {table: _count(connection, table) for table in READ_FROM_BUILD}
    with connect(target, read_only=True) as connection:
        copied = {CONTACTS: _count(connection, "customer_contacts")}
        if _count(connection, "night where as_of_date = newest_as_of_date"):
            copied[ACCOUNTS] = _count(connection, "customer_accounts where valid_to is null")
    different = [table for table, rows in copied.items() if rows != built[table]]
    if different:
        raise AuditFailed(f"rows of {', '.join(different)} differ between the build warehouse and the restricted file")


def _count(connection: duckdb.DuckDBPyConnection, rows: str) -> int:
    return connection.execute(f"select count(*) from {rows}").fetchall()[0][0]


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
