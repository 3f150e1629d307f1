"""The data dictionary that is published beside the tables: what each is, what names its rows, what its columns mean."""

from collections.abc import Mapping

from pipelines.warehouse.declared import PublishedTable

HEADING = """\
# What the tables of this night mean

Made from what each table declares of itself. The same words are comments in `guanxi.duckdb` and metadata of the
Parquet files.
"""


def dictionary(tables: Mapping[str, PublishedTable], row_counts: Mapping[str, int]) -> str:
    """The tables in Markdown, "schema.name" in the order given, with their number of rows."""
    return "\n".join([HEADING, *(_about(name, table, row_counts[name]) for name, table in tables.items())])


def _about(name: str, table: PublishedTable, row_count: int) -> str:
    key = f" Key: {', '.join(f'`{column}`' for column in table.key)}." if table.key else ""
    columns = [
        f"| `{column.name}` | {column.data_type} | {_cell(column.meaning)} |"
        for column in table.columns
        if not column.is_personal
    ]
    head = ["| column | type | meaning |", "|---|---|---|"]
    return "\n".join([f"## {name}", "", f"{table.meaning}{key} {row_count:,} rows.", "", *head, *columns, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
