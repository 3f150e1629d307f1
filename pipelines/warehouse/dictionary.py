"""The data dictionary: what each table answers, what names its rows, what its columns mean, a select to begin with."""

from collections.abc import Mapping

from pipelines.warehouse.declared import PublishedTable

OF_THE_NIGHT = """\
# What the tables of this night mean

Made from what each table declares of itself. The same words are comments in `guanxi.duckdb` and metadata of the
Parquet files.
"""


def dictionary(heading: str, tables: Mapping[str, PublishedTable], row_counts: Mapping[str, int] | None = None) -> str:
    """The tables in Markdown, "schema.name" in the order given, with their number of rows where that is known."""
    counts = row_counts or {}
    return "\n".join([heading, *(_about(name, table, counts.get(name)) for name, table in tables.items())])


def _about(name: str, table: PublishedTable, row_count: int | None) -> str:
    key = f" Key: {', '.join(f'`{column}`' for column in table.key)}." if table.key else ""
    rows = f" {row_count:,} rows." if row_count is not None else ""
    columns = [
        f"| `{column.name}` | {column.data_type} | {_cell(column.meaning)} |"
        for column in table.columns
        if not column.is_personal
    ]
    head = ["| column | type | meaning |", "|---|---|---|"]
    question = [f"*{table.question}*", ""] if table.question else []
    example = ["", "```sql", table.example, "```"] if table.example else []
    return "\n".join([f"## {name}", "", *question, f"{table.meaning}{key}{rows}", "", *head, *columns, *example, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
