"""What was measured, as JSON files that stay: one per day, commit and size. What they mean: goals and the report."""

import json
from pathlib import Path
from typing import Any


def size_name(customers: int) -> str:
    """4000 is 4k, 1000000 is 1m."""
    for unit, customers_of_unit in (("m", 1_000_000), ("k", 1_000)):
        if customers % customers_of_unit == 0:
            return f"{customers // customers_of_unit}{unit}"
    return str(customers)


def customers_of(size: str) -> int:
    """4k is 4000; ValueError when it is no size."""
    factor = {"k": 1_000, "m": 1_000_000}.get(size[-1:].lower())
    return int(size[:-1]) * factor if factor else int(size)


def write_result(folder: Path, result: dict[str, Any]) -> Path:
    """Writes the file; what was measured of the same commit and size on the same day is added to, run by run."""
    day, commit = result["measured_at"][:10], result["commit"]["hash"]
    changed = "-changed" if result["commit"]["has_changes"] else ""
    file = folder / f"{day}-{commit}{changed}-{result['size']}.json"
    folder.mkdir(parents=True, exist_ok=True)
    if file.exists():
        before = json.loads(file.read_text(encoding="utf-8"))
        measured = {run["name"] for run in result["runs"]}
        kept = [run for run in before["runs"] if run["name"] not in measured]
        result = {**before, **result, "runs": kept + result["runs"]}
    file.write_text(json.dumps(_rounded(result), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return file


def _rounded(value: Any) -> Any:
    """Seconds to the millisecond: finer is no measurement."""
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return round(value, 3) if isinstance(value, float) else value


def read_results(folder: Path) -> list[dict[str, Any]]:
    """All results, in the order of their commits."""
    found = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))]
    return sorted(found, key=lambda result: (result["commit"]["committed_at"], result["measured_at"]))
