"""What an asset page shows of a table: its rows, its columns, and a preview that holds nothing personal."""

from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from pipelines.tables import declared_tables, personal_names
from pipelines.warehouse.build import connect, count_rows, preview


def table_metadata(build: Path, table: str) -> dict[str, Any]:
    """Row count and columns of `table` ("schema.name") and, where no personal field is in it, its first rows."""
    with connect(build, read_only=True) as connection:
        columns = columns_of(connection, table)
        metadata: dict[str, Any] = {"dagster/row_count": dg.MetadataValue.int(count_rows(connection, table))}
        if not table.startswith("raw."):  # whose columns the contract has told before there is a table
            metadata["dagster/column_schema"] = columns
        if not personal_names() & {column.name for column in columns.columns}:
            metadata["preview"] = dg.MetadataValue.md(preview(connection, table))
    return metadata


def columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> dg.TableSchema:
    """The columns as they are, with what is declared of their meaning."""
    declared = declared_tables().get(table)
    meanings = {column.name: column.meaning for column in declared.columns} if declared else {}
    return dg.TableSchema(
        columns=[
            dg.TableColumn(name, kind.lower(), meanings.get(name) or None)
            for name, kind, *_ in connection.execute(f"describe {table}").fetchall()
        ]
    )
