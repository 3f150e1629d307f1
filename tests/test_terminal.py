"""What a person reads: the summary of a night, the list of sources, the reason why nothing was published."""

from io import StringIO
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from rich.console import Console

from pipelines.folders import DataFolder
from tests.conftest import Run

pytestmark = pytest.mark.xdist_group("same_night")  # one worker builds that night, once


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
        "Gates",
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


def test_a_night_is_told_to_programs(first_night: Run) -> None:
    from pipelines.terminal.verdict import as_json

    told = as_json(DataFolder(first_night.home), first_night.outcome, 12.34)
    assert told["verdict"] == "published"
    assert told["as_of"] == "2026-06-30"
    assert told["rows"]["marts.customer_360"] > 1_000
    assert told["rules"] > 100
    assert told["file"] == str(first_night.published)
    assert told["seconds"] == 12.3
    assert told["broken_rules"] == []


def test_the_status_tells_the_last_night_and_the_next(first_night: Run) -> None:
    from pipelines.terminal.status import read_status, sentences

    text = "\n".join(sentences(read_status(DataFolder(first_night.home))))
    for words in ("Shop:       sample", "Last night: published, as of 2026-06-30", "Published:  as of 2026-06-30"):
        assert words in text
    assert "02:00:00+08:00" in text
    assert "nightly_at_two" in text


def test_the_status_names_the_broken_rules_of_a_red_night(first_night: Run, tmp_path: Path) -> None:
    from pipelines.terminal.status import read_status, sentences
    from pipelines.warehouse.build import connect
    from pipelines.warehouse.trust import Result, record_results

    night = first_night.copy(tmp_path / "data")
    with connect(night.home / "warehouse" / "guanxi.duckdb") as connection:
        broken = Result("a_claim", "error", False, 2, "orders.csv row 7")
        record_results(connection, "red", "raw", {"raw.orders": [broken]})
    status = read_status(DataFolder(night.home))
    assert "Broken:     raw.orders breaks a_claim, 2 rows (orders.csv row 7)" in sentences(status)


def test_a_forecast_of_money_alone_is_told_without_what_it_does_not_say() -> None:
    """A ratio, where there is too little history, knows no orders and no chance of silence."""
    from pipelines.terminal.summary import _within

    assert _within(None, None) == " in the next 365 days"
    assert _within(12.4, 0.25) == " in 12 orders in the next 365 days; on average 25% likely to buy nothing"


def test_the_stage_that_fails_is_not_ticked(console: Console) -> None:
    from pipelines.night.moments import Moment
    from pipelines.terminal.night import StageLines

    with StageLines(console) as lines:
        lines.tell(Moment("ingestion", "lake/orders", "start"))
        lines.tell(Moment("ingestion", "lake/orders", "success"))
        lines.tell(Moment("publishing", "published", "start"))
        lines.fail()  # the orchestrator itself could not go on: no step has said that it failed
    assert [line.split()[0] for line in printed(console).splitlines()] == ["✓", "✗"]


def evaluation(check: str, metadata: dict, severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR) -> Any:
    key = dg.AssetKey(["raw", "orders"])
    return dg.AssetCheckEvaluation(key, check, passed=False, metadata=metadata, severity=severity)


def test_a_warning_beside_a_broken_rule_is_told_as_a_warning() -> None:
    from pipelines.runner import Outcome, _add_broken

    outcome = Outcome(True, "run")
    told = {"error: a_claim": "raw.orders breaks a_claim", "warning: another": "raw.orders breaks another"}
    texts = {name: dg.MetadataValue.text(text) for name, text in told.items()}
    _add_broken(outcome, evaluation("is_what_was_promised", texts))
    assert (outcome.broken_rules, outcome.warnings) == (["raw.orders breaks a_claim"], ["raw.orders breaks another"])
    dbt = {"dagster_dbt/failed_row_count": dg.MetadataValue.int(17), "unique_id": dg.MetadataValue.text("test.x")}
    outcome = Outcome(True, "run")
    _add_broken(outcome, evaluation("relationships", dbt, dg.AssetCheckSeverity.WARN))
    assert outcome.warnings == ["raw.orders breaks relationships, 17 rows"]
    assert outcome.is_success
