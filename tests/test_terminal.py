"""What a person reads: the summary of a night, the list of sources, the reason why nothing was published."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from pipelines.settings import DataFolder
from tests.conftest import Run

pytestmark = pytest.mark.xdist_group("first_night")  # one worker builds that night, once


@pytest.fixture
def console() -> Console:
    return Console(file=StringIO(), width=120)


def printed(console: Console) -> str:
    return console.file.getvalue()


def test_the_summary_answers_a_newcomers_questions(first_night: Run, console: Console) -> None:
    from pipelines.terminal.summary import show_summary

    show_summary(console, DataFolder(first_night.home), first_night.outcome, 12.3)
    text = printed(console)
    for question in (
        "Published as of 2026-06-30",
        "quarantined",
        "missing_required",
        "marts.customer_360",
        "Gates passed",
        "Value tiers",
        "vip",
        "champions",
        "Lifetime value (",
        "are expected to bring",
        "Churn model against naive rules",
        "base_rate",
        str(first_night.published),
        "select customer_id",
    ):
        assert question in text, question


def test_the_query_to_paste_works(first_night: Run, console: Console) -> None:
    import subprocess

    from pipelines.terminal.summary import show_summary

    show_summary(console, DataFolder(first_night.home), first_night.outcome, 1)
    command = next(line for line in printed(console).splitlines() if "import duckdb" in line)
    result = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert "total_value" in result.stdout


def test_a_red_gate_says_what_where_and_what_to_do(tmp_path: Path, console: Console) -> None:
    from pipelines.runner import Outcome
    from pipelines.terminal.night import explain

    outcome = Outcome(False, "run", broken_rules=["raw.orders breaks a_claim, 2 rows: orders.csv row 7"], log=tmp_path)
    assert explain(console, outcome) == 1
    text = printed(console)
    assert "Nothing was published" in text
    assert "orders.csv row 7" in text
    assert "land a corrected file" in text


def test_sources_are_listed_with_their_feeds(console: Console) -> None:
    from pipelines.terminal.sources import show_sources

    show_sources(console)
    for word in ("online_retail", "Europe/London", "GBP", "thelook", "order_items", "sample", "Asia/Shanghai"):
        assert word in printed(console)


def test_what_was_read_other_than_written_is_a_note(first_night: Run, console: Console, tmp_path: Path) -> None:
    import duckdb

    from pipelines.terminal.summary import show_summary

    night = first_night.copy(tmp_path / "data")
    published = night.published.resolve()
    published.chmod(0o644)
    with duckdb.connect(str(published)) as connection:
        connection.execute("update ops.ingested_files set remarks = 'a name stands twice' where feed = 'orders'")
    show_summary(console, DataFolder(night.home), night.outcome, 1)
    [note] = [line for line in printed(console).splitlines() if line.startswith("note") and "twice" in line]
    assert "orders" in note
