"""Writes what is loaded and what is kept out, after dropping exact copies. No record is judged here."""

from pipelines.landing.blocked_identifiers import is_blocked
from pipelines.landing.contracts import ORIGIN_COLUMNS, Column
from pipelines.landing.refining.feed_file import FeedFile
from pipelines.landing.refining.judging import described
from pipelines.landing.refining.normalising import normalized_email, write_phone_book
from pipelines.landing.sql import as_plain_path, identifier, identifiers, literal

PARQUET = "(format parquet, compression zstd)"


def find_duplicates(file: FeedFile) -> tuple[int, int]:
    """Fills the table duplicates with the record_id of each copy. Returns their count and the count of repeated keys.

    Equal records have equal keys, so only records whose key is repeated are compared with one another.
    """
    key, everything = identifiers(file.contract.key), identifiers(file.contract.column_names)
    file.connection.execute(
        f"create or replace temp table repeated as select {key}, count(*) as records from {file.records} "
        f"where problem is null group by {key} having count(*) > 1"
    )
    file.connection.execute(
        "create or replace temp table duplicates as select record_id from ("
        f"select record_id, row_number() over (partition by {everything} order by row_number, record_id) as copy "
        f"from (select * from {file.records} where problem is null) semi join repeated using ({key})) where copy > 1"
    )
    surplus = file.ask("select coalesce(sum(records - 1), 0) from repeated")[0]
    return file.count("duplicates"), surplus


def write_rows(file: FeedFile) -> int:
    """Writes the loaded rows in the order of the file; returns how many the written file holds."""
    columns = {name: identifier(name) for name in file.contract.column_names}
    normalized, joins = "", ""
    for column in file.contract.columns:
        if name := column.normalized_name:
            form, join = _phone_join(file, column) if column.type == "phone" else (normalized_email(column.name), "")
            normalized, joins = f"{normalized}, {form} as {identifier(name)}", joins + join
            is_nobodys = is_blocked(identifier(name), column, file.source.blocked_identifiers)
            columns[name] = f"case when not {is_nobodys} then {identifier(name)} end"
    columns |= dict(zip(ORIGIN_COLUMNS, _origin(file), strict=True))
    listed = ", ".join(
        f"cast({value} as {file.contract.lake_columns[name]}) as {identifier(name)}" for name, value in columns.items()
    )
    target = file.work / "rows.parquet"
    file.connection.execute(
        f"copy (select {listed} from (select *{normalized} from {_loaded(file)} {joins}) "
        f"order by row_number, record_id) to {literal(target)} {PARQUET}"
    )
    return file.count(f"read_parquet({literal(as_plain_path(target))})")


def count_ignored(file: FeedFile) -> int:
    """How many identifiers of the loaded rows stand for nobody: placeholder ids, contacts without a comparable form."""
    contacts = [column for column in file.contract.columns if column.normalized_name]
    unusable = "".join(
        f" + count({identifier(column.name)}) - count({identifier(str(column.normalized_name))})" for column in contacts
    )
    written = literal(as_plain_path(file.work / "rows.parquet"))
    [without_form] = file.ask(f"select 0 {unusable} from read_parquet({written})")
    [placeholders] = file.ask(f"select coalesce(sum(ignored_ids), 0) from {_loaded(file)}")
    return without_form + placeholders


def _loaded(file: FeedFile) -> str:
    return f"(select * from {file.records} where problem is null) anti join duplicates using (record_id)"


def _phone_join(file: FeedFile, column: Column) -> tuple[str, str]:
    target = file.work / f"phones_{column.name}.parquet"
    book = write_phone_book(file.connection, file.records, column.name, file.source.country, target)
    alias = identifier(f"book of {column.name}")
    return f"{alias}.normalized", f"left join {book} as {alias} on {identifier(column.name)} = {alias}.given "


def _origin(file: FeedFile) -> tuple[str, str, str, str]:
    return literal(file.source.name), literal(file.file_name), "row_number", literal(file.file_hash)


def write_quarantine(file: FeedFile) -> int:
    """Writes the rows kept out in the order of the file, if there are any; returns how many the written file holds."""
    if not file.unreadable and not file.count(f"{file.records} where problem is not null"):
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
    return file.count(f"read_parquet({literal(as_plain_path(target))})")
