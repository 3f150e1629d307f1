"""What an asset page shows of a table: its rows, its columns, and a preview that holds nothing personal."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.tables import declared_tables, personal_names
from pipelines.warehouse.duckdb_tables import open_tables
from pipelines.warehouse.tables import Tables

UNCOUNTED = "staging."  # views, which would be worked out to be counted: 10 of 13 CPU seconds for 32 million events
PREVIEWED = ("features.", "ml.", "marts.", "ops.")  # before these, a personal value may stand under any name


def table_metadata(build: Path, table: str) -> dict[str, Any]:
    """Row count and columns of `table` ("schema.name") and, where no personal field is in it, its first rows.

    A staging view, which has the rows of its feed, is not counted.
    """
    return tables_metadata(build, [table])[table]


def tables_metadata(build: Path, addresses: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The same of several tables, by address; the file is opened once, which costs more than to ask of a table."""
    with open_tables(build, read_only=True) as tables:
        return {address: _metadata(tables, address) for address in addresses}


def _metadata(tables: Tables, table: str) -> dict[str, Any]:
    if not tables.exists(table):  # a view of Spark, which is not shown in the file
        return {}
    metadata: dict[str, Any] = {}
    if not table.startswith(UNCOUNTED):
        metadata["dagster/row_count"] = dg.MetadataValue.int(tables.count(table))
    if not table.startswith("raw."):  # whose columns the contract has told before there is a table
        metadata["dagster/column_schema"] = column_schema(tables, table)
    if table.startswith(PREVIEWED) and not personal_names() & tables.columns(table).keys():
        metadata["preview"] = dg.MetadataValue.md(preview(tables, table))
    return metadata


def column_schema(tables: Tables, table: str) -> dg.TableSchema:
    """The columns as they are, with what is declared of their meaning."""
    declared = declared_tables().get(table)
    meanings = {column.name: column.meaning for column in declared.columns} if declared else {}
    columns = tables.columns(table).items()
    return dg.TableSchema(
        columns=[dg.TableColumn(name, kind.lower(), meanings.get(name) or None) for name, kind in columns]
    )


def preview(tables: Tables, table: str) -> str:
    """The first rows of `table` as a Markdown table."""
    names = list(tables.columns(table))
    lines = [names, ["---"] * len(names), *tables.first_rows(table)]
    return "\n".join("| " + " | ".join(_cell(value) for value in line) + " |" for line in lines)


def _cell(value: object) -> str:
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")
