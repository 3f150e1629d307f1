"""For each gate one bad batch: the night fails, nothing after the gate is built, readers keep yesterday's file."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.conftest import Run

pytestmark = pytest.mark.xdist_group("first_night")  # one worker builds that night, once


def plant_at(gate_table: str, statement: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spoil the built table with `statement` at the moment its gate opens, as a defect upstream would have."""
    import expectations.validation as validation

    real: Callable = validation.validate

    def spoil_then_validate(warehouse: Path, table: str, rules: list) -> list:
        if table == gate_table:
            with duckdb.connect(str(warehouse)) as connection:
                connection.execute(statement)
        return real(warehouse, table, rules)

    monkeypatch.setattr(validation, "validate", spoil_then_validate)


def assert_stopped(run: Run, before: bytes, table: str, rule: str, not_built: list[str]) -> None:
    assert not run.outcome.is_success
    assert any(table in sentence and rule in sentence for sentence in run.outcome.broken_rules), run.outcome
    built = {step for step, kind in run.steps.items() if kind == "success"}
    assert not built & set(not_built)
    assert run.published.read_bytes() == before


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
        "bad-1,,2026-06-29 10:00:00,paid,USD,10.00\n"
        "bad-2,,2026-06-29 11:00:00,paid,USD,20.00\n"
    )
    run = night.again(sources={"sample": str(landed)})
    assert_stopped(run, before, "raw.orders", "currency", ["customer_tables", "scores", "scored_tables", "published"])
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


BAD_BATCHES = {
    "features": (
        "features.customer_features",
        "update features.customer_features set order_count_30d = -1 where is_today",
        "negative",
        ["scores", "scored_tables", "published"],
    ),
    "scores": (
        "ml.customer_churn",
        "update ml.customer_churn set churn_probability = 1.7",
        "probability",
        ["scored_tables", "published"],
    ),
    "marts": (
        "marts.customer_360",
        "delete from marts.customer_360 where customer_id in (select customer_id from marts.customer_360 limit 3)",
        "customer",
        ["published"],
    ),
}


@pytest.mark.parametrize("gate", BAD_BATCHES)
def test_a_bad_batch_stops_the_night_at_its_gate(
    gate: str, first_night: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, statement, rule, not_built = BAD_BATCHES[gate]
    night = first_night.copy(tmp_path / "data")
    before = night.published.read_bytes()
    plant_at(table, statement, monkeypatch)
    assert_stopped(night.again(), before, table, rule, not_built)
