"""Where a benchmark ran: machine, versions, commit. Read from the system; nothing is measured here."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

# What a night consists of: only a commit that touches it can cost or save time.
MEASURED = ("pipelines", "models", "expectations", "dbt_project", "requirements.lock")
PACKAGES = ("dagster", "dbt-core", "dbt-duckdb", "duckdb", "great-expectations", "pandas", "pyarrow", "scikit-learn")


def surroundings(checkout: Path) -> dict[str, Any]:
    """The machine, the versions, and the last commit of the code that is measured."""
    commit = _git(checkout, "log", "-1", "--format=%h%n%cI%n%s", "--", *MEASURED).splitlines() or ["none", "", ""]
    return {
        "machine": {
            "processor": _processor(),
            "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
            "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
            "system": platform.platform(terse=True),
        },
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        "commit": {
            "hash": commit[0],
            "committed_at": commit[1],
            "subject": commit[2],
            "has_changes": bool(_git(checkout, "status", "--porcelain", "--", *MEASURED)),
        },
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text().splitlines() if described.exists() else []
    named = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor()


def _git(checkout: Path, *arguments: str) -> str:
    told = subprocess.run(["git", "-C", str(checkout), *arguments], capture_output=True, text=True, check=False)
    return told.stdout.strip()
