"""For each gate one bad batch: the night fails, nothing after the gate is built, readers keep yesterday's file."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.conftest import Run

pytestmark = pytest.mark.xdist_group("first_night")  # one worker builds that night, once


def plant_at(gate_table: str, statement: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spoil the built table with `statement` at the moment its gate opens, as a defect upstream would have."""
    from pipelines import promises

    real: Callable = promises.validate

    def spoil_then_validate(build: duckdb.DuckDBPyConnection, table: str, rules: list, place: tuple[str, ...]) -> list:
        if table == gate_table:
            build.execute(statement)
        return real(build, table, rules, place)

    monkeypatch.setattr(promises, "validate", spoil_then_validate)


def assert_stopped(run: Run, before: bytes, table: str, rule: str, not_built: list[str]) -> None:
    assert not run.outcome.is_success
    assert any(table in sentence and rule in sentence for sentence in run.outcome.broken_rules), run.outcome
    built = {step for step, kind in run.steps.items() if kind == "success"}
    assert not built & set(not_built)
    assert run.published.read_bytes() == before


@pytest.mark.wide
def test_a_bad_batch_of_landed_orders_stops_at_the_raw_gate_and_is_named_by_file_and_row(
    first_night: Run, sample_files: Path, tmp_path: Path
) -> None:
    night = first_night.copy(tmp_path / "data")
    before = night.published.read_bytes()
    landed = tmp_path / "files"
    landed.mkdir()
    for path in sample_files.glob("*.*"):
        (landed / path.name).symlink_to(path)
    (landed / "orders-bad.csv").write_text(
        "order_id,account_id,ordered_at,status,currency,total\n"
        "bad-1,,2026-06-29 10:00:00,credit_note,CNY,10.00\n"
        "bad-2,,2026-06-29 11:00:00,credit_note,CNY,20.00\n"
    )
    run = night.again(sources={"sample": str(landed)})
    assert_stopped(
        run,
        before,
        "raw.orders",
        "credit_notes_give_money_back",
        [
            "customer_tables",
            "churn",
            "lifetime_value",
            "next_categories",
            "product_affinities",
            "scored_tables",
            "published",
        ],
    )
    told = " ".join(run.outcome.broken_rules)
    assert "orders-bad.csv row 1" in told
    assert "2 rows" in told
    (landed / "orders-bad-corrected.csv").write_text(
        "order_id,account_id,ordered_at,status,currency,total\n"
        "bad-1,,2026-06-29 10:00:00,cancelled,CNY,10.00\n"
        "bad-2,,2026-06-29 11:00:00,cancelled,CNY,20.00\n"
    )
    mended = night.again(sources={"sample": str(landed)})
    assert mended.outcome.is_success, mended.outcome


def landed_copy(sample_files: Path, folder: Path) -> Path:
    """A landing folder with the sample's files, to which a test may add."""
    folder.mkdir()
    for path in sample_files.glob("*.*"):
        (folder / path.name).symlink_to(path)
    return folder


@pytest.mark.wide
def test_a_night_on_which_most_orders_of_a_file_were_refused_is_red_and_names_feed_and_file(
    first_night: Run, sample_files: Path, tmp_path: Path
) -> None:
    night = first_night.copy(tmp_path / "data")
    before = night.published.read_bytes()
    landed = landed_copy(sample_files, tmp_path / "files")
    header = "order_id,account_id,ordered_at,status,total\n"
    refused = [f"new-{number},,30/06/2026 10:00,paid,10.00\n" for number in range(84)]
    sound = [f"new-{number},,2026-06-29 10:00:00,paid,10.00\n" for number in range(84, 100)]
    (landed / "orders-new.csv").write_text(header + "".join(refused + sound))
    run = night.again(sources={"sample": str(landed)})
    assert_stopped(run, before, "ops.ingested_files", "no_file_is_mostly_refused", ["customer_tables", "published"])
    told = " ".join(run.outcome.broken_rules)
    assert "feed orders, file_name orders-new.csv, refused_rows 84, of_rows 100" in told
    mended = [line.replace("30/06/2026 10:00", "2026-06-30 10:00:00") for line in refused]
    (landed / "orders-new.csv").write_text(header + "".join(mended + sound))
    again = night.again(sources={"sample": str(landed)})
    assert again.outcome.is_success, again.outcome


def test_a_file_that_looks_like_orders_and_was_not_read_stops_the_night(
    first_night: Run, sample_files: Path, tmp_path: Path
) -> None:
    night = first_night.copy(tmp_path / "data")
    before = night.published.read_bytes()
    landed = landed_copy(sample_files, tmp_path / "files")
    (landed / "Orders2.csv").write_text("order_id,ordered_at,status\nnew-1,2026-06-29 10:00:00,paid\n")
    run = night.again(sources={"sample": str(landed)})
    assert_stopped(run, before, "ops.unread_inputs", "was_left_unread", ["customer_tables", "published"])
    told = " ".join(run.outcome.broken_rules)
    assert "Orders2.csv" in told
    assert "rename it to match" in told


BAD_BATCHES = {
    "features": (
        "features.customer_features",
        "update features.customer_features set order_count_30d = -1 where is_today",
        "negative",
        ["churn", "lifetime_value", "scored_tables", "published"],
    ),
    "scores": (
        "ml.customer_churn",
        "update ml.customer_churn set churn_probability = 1.7",
        "probability",
        ["scored_tables", "published"],
    ),
    "marts": (
        "marts.customer_360",
        "update marts.customer_360 set net_sales = net_sales + 1",
        "net_sales_are_what_the_customer_table_says",
        ["published"],
    ),
}


STOPPED_LATE = ("features", "scores", "marts")  # which costs most of a night


@pytest.mark.parametrize(
    "gate", [pytest.param(gate, marks=pytest.mark.wide if gate in STOPPED_LATE else ()) for gate in BAD_BATCHES]
)
def test_a_bad_batch_stops_the_night_at_its_gate(
    gate: str, first_night: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, statement, rule, not_built = BAD_BATCHES[gate]
    night = first_night.copy(tmp_path / "data")
    before = night.published.read_bytes()
    plant_at(table, statement, monkeypatch)
    assert_stopped(night.again(), before, table, rule, not_built)
