"""The secret that customer ids are made with: its file, and the one-row table that the models read it from.

It is data and never text: a key in a query, a variable or the environment would be rendered into logs and artefacts.
"""

from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from pipelines.problems import BadInput

if TYPE_CHECKING:
    import duckdb


def read_customer_key(file: Path) -> str:
    """The secret, 32 hexadecimal digits; made on the first night, kept like the lake. BadInput when it is empty."""
    if not file.exists():
        new = file.with_name(f".{file.name}.new")
        new.touch(mode=0o600)
        new.write_text(token_hex(16))
        new.replace(file)
    key = file.read_text().strip()
    if not key:
        raise BadInput(f"{file} is empty, and without it every customer_id would change: put it back from the backup")
    return key


def write_customer_key(connection: "duckdb.DuckDBPyConnection", key: str) -> None:
    """Make `raw.customer_key` hold this one row; the schema `raw` is never published."""
    connection.execute("create or replace table raw.customer_key as select cast(? as varchar) as customer_key", [key])
