"""The comparable form of e-mail addresses and phone numbers. Which values are blocked is identity's business."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.landing.sql import as_plain_path, identifier, literal

if TYPE_CHECKING:
    import duckdb

BATCH_ROWS = 50_000

EMAIL = r"[^\s@,;:<>()\[\]\\\"]+@([^\s@,;:<>()\[\]\\\".]+\.)+[^\s@,;:<>()\[\]\\\".]{2,}"


def normalized_email(column: str) -> str:
    """SQL for the address in lower case; null when it is none by its form."""
    lowered = f"lower({identifier(column)})"
    return f"case when regexp_full_match({lowered}, {literal(EMAIL)}) then {lowered} end"


def normalized_phone(text: str, region: str) -> str | None:
    """E.164 by libphonenumber, a number without country code being one of `region`; None when it can be no number."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def write_phone_book(
    connection: "duckdb.DuckDBPyConnection", records: str, column: str, region: str, file: Path
) -> str:
    """Normalizes each distinct number of `column` once. Returns SQL of a table of given and normalized."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([("given", pa.string()), ("normalized", pa.string())])
    with pq.ParquetWriter(file, schema, compression="lz4") as writer:
        for numbers in _distinct(connection, records, column):
            normalized = [normalized_phone(number, region) for number in numbers]
            writer.write_table(pa.table([numbers, normalized], schema=schema))
    return f"read_parquet({literal(as_plain_path(file))})"


def _distinct(connection: "duckdb.DuckDBPyConnection", records: str, column: str) -> Iterator[list[str]]:
    name = identifier(column)
    cursor = connection.execute(f"select distinct {name} from {records} where problem is null and {name} is not null")
    while batch := cursor.fetchmany(BATCH_ROWS):
        yield [number for (number,) in batch]
