"""Shows a person what was measured. Nothing is measured or judged here."""

from typing import Any

from rich.console import Console
from rich.table import Table
from whole_job.comparison import Compared


def print_run(console: Console, run: dict[str, Any]) -> None:
    """A row per step, as they began."""
    table = Table(title=f"{run['name']}: {told(run)}")
    for heading in ("stage", "step", "s", "CPU s", "peak GB"):
        table.add_column(heading, justify="left" if heading in ("stage", "step") else "right")
    for step in run["steps"]:
        peak = f"{step['peak_bytes'] / 1e9:.2f}" if step["peak_bytes"] else ""
        table.add_row(step["stage"], step["step"], f"{step['seconds']:.2f}", f"{step['cpu_seconds']:.2f}", peak)
    console.print(table)
    if taken := [feed for feed in run.get("ingested", []) if feed["rows"]]:
        seconds = sum(step["seconds"] for step in run["steps"] if step["stage"] == "reading files")
        feeds = ", ".join(f"{feed['feed']} {feed['rows']:,} rows of {feed['files']:,} files" for feed in taken)
        console.print(f"read at {sum(feed['rows'] for feed in taken) / seconds:,.0f} rows/s: {feeds}")
    if slowest := list(run.get("dbt_seconds", {}).items())[:10]:
        console.print("dbt, s: " + ", ".join(f"{name} {seconds:.1f}" for name, seconds in slowest))


def told(run: dict[str, Any]) -> str:
    """A run in one line."""
    peak = f", {run['peak_bytes'] / 1e9:.2f} GB" if run["peak_bytes"] else ""
    others = f"; others {run['others_cpu_seconds']:.1f} CPU s" if run["others_cpu_seconds"] is not None else ""
    return f"{run['seconds']:.1f} s, {run['cpu_seconds']:.1f} CPU s{peak}{others}"


def print_comparison(console: Console, compared: Compared) -> None:
    """What the published file and the floor say of the shop."""
    table = Table(title="The same tables?")
    for heading in ("figure", "published", "floor"):
        table.add_column(heading, justify="left" if heading == "figure" else "right")
    for name, (published, floor) in compared.figures.items():
        table.add_row(name, published, floor)
    console.print(table)
    for difference in compared.differences:
        console.print(f"[red]differs[/red] {difference}")
