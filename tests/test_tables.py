"""What tables say of themselves: each answers a question with a select that runs, and docs/tables.md repeats it."""

import csv

import duckdb
import pytest

from pipelines.folders import REPOSITORY
from pipelines.problems import BadInput
from pipelines.tables import tables_in
from pipelines.terminal.tables import show_dictionary, show_table
from pipelines.warehouse.publication import PUBLISHED_SCHEMAS
from tests.conftest import Run


def test_every_published_table_says_its_grain_its_question_and_a_select() -> None:
    for table in tables_in(*PUBLISHED_SCHEMAS):
        assert table.grain.startswith("One row"), table.address
        assert table.question.endswith("?"), table.address
        assert table.address in table.example, table.address


def test_every_select_runs_on_a_published_night(first_night: Run) -> None:
    with duckdb.connect(str(first_night.published), read_only=True) as connection:
        for table in tables_in(*PUBLISHED_SCHEMAS):
            assert connection.execute(table.example).description, table.address


def test_every_code_of_a_closed_column_has_its_words() -> None:
    labels = (REPOSITORY / "pipelines" / "reference" / "labels.csv").open(encoding="utf-8")
    words = {(row["column_name"], row["code"]) for row in csv.DictReader(labels)}
    codes = {(column.name, code) for table in tables_in("marts") for column in table.columns for code in column.values}
    assert len(codes) > 100
    assert codes <= words, sorted(codes - words)


def test_every_code_of_a_worded_column_that_a_night_published_has_its_words(first_night: Run) -> None:
    """What is a shop's own word, as a category, or is its own word, as a country, is said as it stands."""
    with duckdb.connect(str(first_night.published), read_only=True) as connection:
        words = set(connection.execute("select column_name, code from marts.dim_labels").fetchall())
        own_words = {"category", "brand", "preferred_category", "preferred_brand", "next_category"}
        own_words |= {"country", "province", "occupation", "topic", "rfm_code"}
        columns = [
            (table.address, column.name)
            for table in tables_in("marts")
            for column in table.columns
            if column.name in {name for name, _code in words} - own_words
        ]
        assert len(columns) > 40
        for address, name in columns:
            codes = connection.execute(f"select distinct {name} from {address} where {name} is not null").fetchall()
            assert {(name, str(code)) for (code,) in codes} <= words, (address, name)
        for of, code in (("attribute", "value"), ("segment_type", "segment")):
            holding = [table for table in tables_in("marts") if {of, code} <= {column.name for column in table.columns}]
            for address in (table.address for table in holding):
                told = connection.execute(
                    f"select distinct {of}, {code} from {address} where {of} not in ('category', 'brand')"
                ).fetchall()
                assert told, address
                assert set(told) <= words, (address, set(told) - words)


def test_the_page_of_tables_is_what_they_say(capsys: pytest.CaptureFixture) -> None:
    show_dictionary()
    assert (REPOSITORY / "docs" / "tables.md").read_text("utf-8") == capsys.readouterr().out, "run make docs"


def test_one_table_is_shown_by_either_name_and_a_slip_is_guessed(capsys: pytest.CaptureFixture) -> None:
    from rich.console import Console

    for name in ("marts.customer_tiers", "customer_tiers"):
        show_table(Console(width=200), name)
        assert "One row per customer" in capsys.readouterr().out
    with pytest.raises(BadInput, match=r"did you mean customer_tiers\?"):
        show_table(Console(), "customer_tier")
