"""Types and judges what a source's select delivers, and refuses to lose a row. Nothing is dropped here."""

from dataclasses import dataclass

from pipelines.landing.blocked_identifiers import PLAIN_ID, is_blocked
from pipelines.landing.contracts import Column
from pipelines.landing.refining.casting import FLOATS, Selected, believable, column_or_null, typed
from pipelines.landing.refining.feed_file import RAW, RECORDS, FeedFile
from pipelines.landing.refining.judging import first_problem, offending_value, plain_flag
from pipelines.landing.selects import HELPERS, SELECTED, explained
from pipelines.landing.sql import identifier, identifiers, literal
from pipelines.problems import BadInput

IS_NOBODYS, TEXT = "nobody's ", "text of "  # begin like no contract column either
TEXT_TYPES = ("VARCHAR", *FLOATS)  # whose text is not simply a cast


def make_records(file: FeedFile) -> None:
    """Makes the table RECORDS: each record typed, with its first problem and, if it has one, its original values.

    In memory, beyond the limit in the work folder: to write it as Parquet costs twice as much.
    """
    raw = [name for name in file.types if name not in HELPERS]
    typed_columns = ", ".join(
        f"{_typed(file, column)} as {identifier(column.name)}" for column in file.contract.columns
    )
    raw_columns = ", ".join(f"{identifier(name)} as {identifier(RAW + name)}" for name in raw)
    plain = _plain_flags(file)
    set_aside = "set_aside_reason" if "set_aside_reason" in file.types else "null"
    originals = ", ".join(f"{literal(name)}: cast({identifier(RAW + name)} as varchar)" for name in raw)
    reads = file.source.feeds[file.contract.feed].reads
    file.connection.execute(f"drop table if exists {RECORDS}")  # of the file before: replaced, both would be held
    with explained(file.connection, file.source, file.contract.feed, file.file_name, reads):
        file.connection.execute(f"""
            create table {RECORDS} as
            select
                {_without_placeholders(file)}, row_number, problem, set_aside_reason,
                {_ignored_ids(file)} as ignored_ids,
                {offending_value(file.problems, RAW, file.types)} as offending_value,
                case when problem is not null then cast(to_json({{{originals}}}) as varchar) end as original_values
            from (
                select *, {first_problem(file.problems)} as problem {_placeholders(file)}
                from (
                    select {_believed(file)}
                    from (
                        select {typed_columns}, {raw_columns}, {"".join(f"{flag}, " for flag in plain)}
                            cast(row_number as bigint) as row_number,
                            nullif(trim(cast({set_aside} as varchar)), '') as set_aside_reason
                        from (select *{_texts(file)} from (select *{_are_plain(plain)} from {SELECTED}))
                    )
                )
            )""")


def _may_be_ignored(file: FeedFile, column: Column) -> bool:
    """A reference that may be empty is empty when it is a placeholder; a row whose own key is one is kept out."""
    return column.is_id and not column.is_required and column.name in file.types


def _placeholders(file: FeedFile) -> str:
    """SQL that says of each id that may be ignored whether it stands for nothing."""
    return "".join(
        f", {is_blocked(identifier(column.name), column, file.source.blocked_identifiers, _plain_flag(file, column))} "
        f"as {identifier(IS_NOBODYS + column.name)}"
        for column in file.contract.columns
        if _may_be_ignored(file, column)
    )


def _without_placeholders(file: FeedFile) -> str:
    """SQL of the contract's columns, ids that stand for nothing replaced by null."""
    return ", ".join(
        f"case when not {identifier(IS_NOBODYS + column.name)} then {identifier(column.name)} end "
        f"as {identifier(column.name)}"
        if _may_be_ignored(file, column)
        else identifier(column.name)
        for column in file.contract.columns
    )


def _ignored_ids(file: FeedFile) -> str:
    """SQL for how many of a record's ids are placeholders."""
    counted = [
        f"cast({identifier(IS_NOBODYS + column.name)} as integer)"
        for column in file.contract.columns
        if _may_be_ignored(file, column)
    ]
    return " + ".join(counted) or "0"


def _plain_flag(file: FeedFile, column: Column) -> str | None:
    return plain_flag(column, file.types.get(column.name))


def _plain_flags(file: FeedFile) -> dict[str, str]:
    """The flags of the ids that can be plain, with the columns they are of."""
    flags = ((_plain_flag(file, column), identifier(column.name)) for column in file.contract.columns)
    return {flag: name for flag, name in flags if flag}


def _are_plain(flags: dict[str, str]) -> str:
    """SQL that marks plain ids: to find that out once costs what it costs to trim them, and spares all the rest."""
    return "".join(f", regexp_full_match({name}, {literal(PLAIN_ID)}) as {flag}" for flag, name in flags.items())


def _texts(file: FeedFile) -> str:
    """SQL of the trimmed text of each value: by itself, since what it becomes asks for it several times."""
    texts = []
    for column in file.contract.columns:
        if file.types.get(column.name) in TEXT_TYPES:
            selected, is_plain = column_or_null(column, file.types), _plain_flag(file, column)
            text = f"case when {is_plain} then {selected.sql} else {selected.text} end" if is_plain else selected.text
            texts.append(f", {text} as {identifier(TEXT + column.name)}")
    return "".join(texts)


def _believed(file: FeedFile) -> str:
    """SQL of all columns, typed values beyond their limits replaced by null."""
    limited = [
        f"{value} as {identifier(column.name)}"
        for column in file.contract.columns
        if (value := believable(column, identifier(column.name)))
    ]
    return f"* replace ({', '.join(limited)})" if limited else "*"


def _typed(file: FeedFile, column: Column) -> str:
    selected = column_or_null(column, file.types)
    if selected.duckdb_type in TEXT_TYPES and not selected.is_text:
        selected = Selected(identifier(TEXT + column.name), selected.duckdb_type, is_text=True)
    value = typed(column, selected, file.source.time_zone)
    if column.falls_back_to:
        value = f"coalesce({value}, {literal(getattr(file.source, column.falls_back_to))})"
    return f"cast({value} as {column.duckdb_type})"


FINGERPRINT = "count(*), coalesce(sum(row_number), 0), coalesce(bit_xor(hash(row_number)), 0), count(row_number)"


@dataclass(frozen=True)
class Seen:
    """What one look at the records tells: how many they are, which rows they come from, and what need not be asked.

    `sound` records have no problem, and hold `ignored_ids` that stand for nobody. Distinct keys are counted by their
    hash: when they are as many, none is repeated. `out_of_place` are those whose place is not that of their number.
    """

    fingerprint: tuple[int, ...]
    sound: int
    distinct_keys: int
    ignored_ids: int
    out_of_place: int

    @property
    def records(self) -> int:
        """All of them."""
        return self.fingerprint[0]


def look_over(file: FeedFile) -> Seen:
    """Asks everything that a file without a fault need be asked, in one reading: most files are such, and small."""
    *fingerprint, sound, distinct_keys, ignored_ids, out_of_place = file.ask(f"""
        select
            {FINGERPRINT},
            count(*) filter (where problem is null),
            count(distinct hash({identifiers(file.contract.key)})) filter (where problem is null),
            coalesce(sum(ignored_ids) filter (where problem is null), 0),
            count(*) filter (where row_number <> rowid + 1)
        from {RECORDS}
    """)
    return Seen(tuple(fingerprint), sound, distinct_keys, ignored_ids, out_of_place)


def refuse_lost_rows(file: FeedFile, seen: Seen) -> int:
    """How many rows the file has.

    BadInput when a select that groups nothing does not deliver each row of the file exactly once.
    """
    where = f"{file.file_name}: {file.source.select_name(file.contract.feed)}"
    expected, delivered = file.ask(f"select {FINGERPRINT} from ({file.landed.relation})"), seen.fingerprint
    if delivered[0] != delivered[-1]:
        raise BadInput(f"{where} delivers records without row_number: take it from the file the record comes from")
    if not file.source.feeds[file.contract.feed].is_derived and delivered != expected:
        lost = f"select row_number from ({file.landed.relation}) except select row_number from {file.records}"
        example = file.connection.execute(f"{lost} order by row_number limit 1").fetchall()
        told = f"row {example[0][0]} is lost" if example else "some rows come more than once"
        raise BadInput(
            f"{where} delivers {delivered[0]} records for {expected[0]} rows, {told}: give such rows "
            "a set_aside_reason instead of filtering, or declare the feed is_derived"
        )
    return expected[0]
