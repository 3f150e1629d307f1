"""Marks the records of a file in hand that name an erased person, so that none of them is written. Judges nothing."""

from dataclasses import dataclass, field

from pipelines.landing.blocked_identifiers import is_blocked
from pipelines.landing.erased.register import Register
from pipelines.landing.erased.rows import IDS, chained_kind, names_erased, text_names_erased
from pipelines.landing.refining.feed_file import RECORDS, FeedFile
from pipelines.landing.refining.normalising import evident_phone, normalized_email, write_phone_book
from pipelines.landing.sql import identifier, literal

ERASED = -2  # as the problem of a record that names an erased person
BEARERS = "erased_bearers"


@dataclass(frozen=True)
class Erased:
    """Which rows of the file were marked, and the keyed hashes (`kind:hash`) of accounts and orders that went so."""

    row_numbers: tuple[int, ...] = ()
    ids: tuple[str, ...] = field(default=(), repr=False)


def mark_erased(file: FeedFile, register: Register) -> Erased:
    """Marks records, sound or not, and takes rows that nobody could read out of theirs."""
    if not register:
        return Erased()
    register.open_on(file.connection)
    _write_bearers(file)
    file.connection.execute(
        f"update {RECORDS} set problem = {ERASED} where rowid in "
        f"(select record_id from {BEARERS} where {names_erased(file.contract, BEARERS)})"
    )
    file.connection.execute(f"drop table {BEARERS}")
    marked = file.connection.execute(f"select row_number from {RECORDS} where problem = {ERASED}").fetchall()
    unreadable = _drop_unreadable(file, register)
    return Erased((*(number for (number,) in marked), *unreadable), _ids(file, register))


def _write_bearers(file: FeedFile) -> None:
    """Every record with its ids and the comparable forms of its contacts, which are not worked out yet."""
    columns = {name: identifier(name) for name in file.contract.column_names if name in (*IDS, "anonymous_id")}
    joins = ""
    for column in file.contract.columns:
        if column.normalized_name:
            form, join = _phone(file, column.name) if column.type == "phone" else (normalized_email(column.name), "")
            blocked = is_blocked(form, column, file.source.blocked_identifiers)
            columns[column.normalized_name], joins = f"case when not {blocked} then {form} end", joins + join
    listed = "".join(f", {value} as {identifier(name)}" for name, value in columns.items())
    file.connection.execute(
        f"create or replace temp table {BEARERS} as select record_id, {literal(file.source.name)} as source_name"
        f"{listed} from {file.records} {joins}"
    )


def _phone(file: FeedFile, column: str) -> tuple[str, str]:
    name, region = identifier(column), file.source.country
    evident = evident_phone(name, region)
    others = f"select distinct {name} from {file.records} where {name} is not null and {evident} is null"
    book = write_phone_book(file.connection, others, region, file.work / f"numbers_{column}.parquet")
    if book is None:
        return evident, ""
    alias = identifier(f"numbers of {column}")
    return f"coalesce({evident}, {alias}.normalized)", f"left join {book} as {alias} on {name} = {alias}.given "


def _drop_unreadable(file: FeedFile, register: Register) -> list[int]:
    """Takes rows that name an erased person out of those nobody could read; returns their numbers."""
    if file.landed.unreadable is None:
        return []
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    rows = pq.read_table(file.landed.unreadable)
    numbers = [
        number
        for number, text in zip(rows["row_number"].to_pylist(), rows["original"].to_pylist(), strict=True)
        if text_names_erased(register, file.contract, file.source.name, file.source.country, text)
    ]
    if numbers:
        import pyarrow as pa

        gone = pc.is_in(rows["row_number"], value_set=pa.array(numbers, pa.int64()))
        pq.write_table(rows.filter(pc.invert(gone)), file.landed.unreadable, compression="lz4")
    return numbers


def _ids(file: FeedFile, register: Register) -> tuple[str, ...]:
    """Accounts and orders that a feed tells of: what names them later, without the person's contacts, goes too."""
    key, kind = file.contract.key[0], chained_kind(file.contract)
    if kind is None:
        return ()
    found = file.connection.execute(
        f"select distinct {identifier(key)} from {RECORDS} where problem = {ERASED} and {identifier(key)} is not null"
    ).fetchall()
    return tuple(sorted(f"{kind}:{register.hash(kind, f'{file.source.name}:{value}')}" for (value,) in found))
