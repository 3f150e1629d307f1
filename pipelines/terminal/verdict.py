"""A night in few words, for programs and for `guanxi status`. Nothing is printed here."""

from typing import Any

from pipelines.folders import DataFolder
from pipelines.runner import Outcome
from pipelines.warehouse.build import connect
from pipelines.warehouse.publication import published_file, rows_published


def as_json(folder: DataFolder, outcome: Outcome, seconds: float) -> dict[str, Any]:
    """What `guanxi run --json` prints: verdict, published day and rows by table, rules, file, seconds, log."""
    told: dict[str, Any] = {
        "verdict": "published" if outcome.is_success else "bad input" if outcome.bad_input else "not published",
        "run_id": outcome.run_id or None,
        "as_of": str(outcome.as_of) if outcome.as_of else None,
        "rows": {},
        "broken_rules": outcome.broken_rules + ([outcome.refusal] if outcome.refusal else []),
        "failures": outcome.failures + ([outcome.bad_input] if outcome.bad_input else []),
        "warnings": outcome.warnings,
        "notes": outcome.notes,
        "file": None,
        "seconds": round(seconds, 1),
        "log": str(outcome.log) if outcome.log else None,
    }
    if outcome.is_success:
        told |= {
            "rows": rows_published(folder.published),
            "rules": rules_asked(folder, outcome.run_id),
            "file": str(published_file(folder.published)),
        }
    return told


def rules_asked(folder: DataFolder, run_id: str) -> int:
    """How many rules the run asked of its tables."""
    with connect(published_file(folder.published), read_only=True) as connection:
        gates = connection.execute("select rule_count from ops.gate_totals where run_id = ?", [run_id]).fetchall()
    return sum(count for (count,) in gates)
