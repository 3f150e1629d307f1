"""Writes what is loaded and what is kept out, after dropping exact copies. No record is judged here."""

from pipelines.landing.blocked_identifiers import is_blocked
from pipelines.landing.contracts import ORIGIN_COLUMNS, Column
from pipelines.landing.parts import PARQUET
from pipelines.landing.refining.feed_file import RECORDS, FeedFile, parquet
from pipelines.landing.refining.judging import described
from pipelines.landing.refining.normalising import (
    evident_landline,
    evident_phone,
    normalized_email,
    write_phone_book,
)
from pipelines.landing.refining.records import Seen
from pipelines.landing.sql import identifier, identifiers, literal

DUPLICATE = -1  # as the problem of a record that copies another one


def find_duplicates(file: FeedFile) -> tuple[int, int]:
    """Marks each copy of an earlier record as DUPLICATE. Returns their count and the count of repeated keys.

    Equal records have equal keys and equal keys equal hashes, so only records whose key's hash is repeated are
    compared with one another.
    """
    key, everything = identifiers(file.contract.key), identifiers(file.contract.column_names)
    file.connection.execute(f"""
        create or replace temp table alike as
        select *, rowid as record_id from {RECORDS}
        where problem is null and hash({key}) in (
            select key_hash from (select hash({key}) as key_hash from {RECORDS} where problem is null)
            group by key_hash having count(*) > 1
        )""")
    [surplus] = file.ask(f"select count(*) - count(distinct row({key})) from alike")
    file.connection.execute(f"""
        update {RECORDS} set problem = {DUPLICATE} where rowid in (
            select record_id from (
                select record_id, row_number() over (partition by {everything} order by row_number, record_id) as copy
                from alike
            ) where copy > 1
        )""")
    return file.count(f"{RECORDS} where problem = {DUPLICATE}"), surplus


def write_rows(file: FeedFile, seen: Seen) -> None:
    """Writes the loaded rows in the order of the file.

    They are sorted, which takes half as long again, only when a join or the select may have brought them into another
    order.
    """
    columns = {name: identifier(name) for name in file.contract.column_names}
    normalized, joins = "", ""
    for column in file.contract.columns:
        if name := column.normalized_name:
            forms, join = _phone_join(file, column) if column.type == "phone" else ([normalized_email(column.name)], "")
            for companion, form in zip(column.companions, forms, strict=True):
                normalized = f"{normalized}, {form} as {identifier(companion)}"
            joins += join
            is_nobodys = is_blocked(identifier(name), column, file.source.blocked_identifiers)
            for companion in column.companions:
                columns[companion] = f"case when not {is_nobodys} then {identifier(companion)} end"
    types = file.contract.lake_columns
    for name, value in zip(ORIGIN_COLUMNS, _origin(file), strict=True):
        columns[name] = value
        if types[name] == "varchar":
            types[name] = f"enum ({value})"  # a text to every reader, written without looking it up for every row
    listed = ", ".join(f"cast({value} as {types[name]}) as {identifier(name)}" for name, value in columns.items())
    rows = f"select {listed} from (select *{normalized} from (select * from {file.loaded}) {joins})"
    order = "order by row_number, record_id" if joins or not _are_in_order(file, seen) else ""
    file.connection.execute(f"copy ({rows} {order}) to {literal(file.rows)} {PARQUET}")


def _are_in_order(file: FeedFile, seen: Seen) -> bool:
    """Whether no record stands before one of a lower number; what stands in order is copied in order."""
    if not seen.out_of_place:
        return True
    before = f"select row_number, lag(row_number) over (order by rowid) as before from {RECORDS}"
    return file.count(f"({before}) where row_number < before") == 0


def count_written(file: FeedFile) -> tuple[int, int]:
    """How many rows the written file holds, and how many contacts in them have no comparable form."""
    contacts = [column for column in file.contract.columns if column.normalized_name]
    unusable = "".join(
        f" + count({identifier(column.name)}) - count({identifier(str(column.normalized_name))})" for column in contacts
    )
    [rows, without_form] = file.ask(f"select count(*), 0{unusable} from {parquet(file.rows)}")
    return rows, without_form


def _phone_join(file: FeedFile, column: Column) -> tuple[list[str], str]:
    """SQL of the comparable form, of whether it is a landline, and of the join they need where not all are evident."""
    name, region = identifier(column.name), file.source.country
    evident = evident_phone(name, region)
    is_landline = evident_landline(evident, region)
    others = f"select distinct {name} from {file.loaded} and {name} is not null and {evident} is null"
    book = write_phone_book(file.connection, others, region, file.work / f"phones_{column.name}.parquet")
    if book is None:
        return [evident, is_landline], ""
    alias = identifier(f"book of {column.name}")
    join = f"left join {book} as {alias} on {name} = {alias}.given "
    return [f"coalesce({evident}, {alias}.normalized)", f"coalesce({is_landline}, {alias}.is_landline)"], join


def _origin(file: FeedFile) -> tuple[str, str, str, str]:
    return literal(file.source.name), literal(file.file_name), "row_number", literal(file.file_hash)


def write_quarantine(file: FeedFile, seen: Seen) -> int:
    """Writes the rows kept out in the order of the file, if there are any; returns how many the written file holds."""
    if not file.unreadable and seen.sound == seen.records:
        return 0
    source_name, file_name, row_number, file_hash = _origin(file)
    origin = (
        f"{source_name} as source_name, {literal(file.contract.feed)} as feed, {file_name} as file_name, "
        f"{file_hash} as file_hash, {row_number}"
    )
    judged = (
        f"select {origin}, reason, column_name, offending_value, original_values, "
        f"coalesce(set_aside_reason, detail) as detail "
        f"from {file.records} inner join {described(file.problems)} using (problem)"
    )
    unreadable = f"union all select {origin}, 'unreadable_row', null, null, original, detail from {file.unreadable}"
    target = file.work / "quarantine.parquet"
    file.connection.execute(
        f"copy (select * from ({judged} {unreadable if file.unreadable else ''}) order by row_number, original_values) "
        f"to {literal(target)} {PARQUET}"
    )
    if not (written := file.count(parquet(target))):
        target.unlink()  # all of them were erased
    return written
