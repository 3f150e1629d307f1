"""What `guanxi tables` shows: the tables that readers get, as each declares itself. Their rows are not looked at."""

import difflib

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines.problems import BadInput
from pipelines.tables import DeclaredTable, tables_in
from pipelines.warehouse.dictionary import dictionary
from pipelines.warehouse.publication import PUBLISHED_SCHEMAS

HEADING = """\
# The tables

What readers get every night in `guanxi.duckdb` and as Parquet: what each table answers, what a row is, what its columns
mean, and a select to begin with. Made by `make docs` from what each table declares of itself; the same, with tonight's
numbers of rows, is published as `tables.md`.
"""


def show_tables(console: Console) -> None:
    """Print every published table with the question that it answers."""
    shown = Table("table", "answers", box=None, header_style="dim", pad_edge=False)
    for table in tables_in(*PUBLISHED_SCHEMAS):
        shown.add_row(escape(table.address), escape(table.question))
    console.print(shown, highlight=False)


def show_table(console: Console, name: str) -> None:
    """Print one table: its question, grain, columns and select. BadInput when there is none of that name."""
    table = _found(name)
    console.print(f"[bold]{escape(table.address)}[/bold]  {escape(table.question)}\n{escape(table.meaning)}\n")
    shown = Table("column", "type", "meaning", box=None, header_style="dim", pad_edge=False)
    for column in table.columns:
        if not column.is_personal:
            shown.add_row(*(escape(text) for text in (column.name, column.data_type, column.meaning)))
    console.print(shown, highlight=False)
    console.print(f"\n{escape(table.example)}", highlight=False, soft_wrap=True)


def show_dictionary() -> None:
    """Print the whole data dictionary in Markdown."""
    print(dictionary(HEADING, {table.address: table for table in tables_in(*PUBLISHED_SCHEMAS)}), end="")


def _found(name: str) -> DeclaredTable:
    published = {table.address: table for table in tables_in(*PUBLISHED_SCHEMAS)}
    by_name = {address.split(".")[1]: table for address, table in reversed(published.items())}
    table = published.get(name) or by_name.get(name)
    if table is None:
        likely = difflib.get_close_matches(name, [*published, *by_name], n=1)
        guess = f"did you mean {likely[0]}?" if likely else "`guanxi tables` lists them"
        raise BadInput(f"there is no table '{name}': {guess}")
    return table
