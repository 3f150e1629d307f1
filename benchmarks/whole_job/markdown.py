"""The tables of docs/performance.md, made from results. Pure: results in, text out."""

from collections.abc import Callable, Iterable, Sequence
from math import isfinite
from typing import Any

from whole_job.goals import GOALS, Goal, Judged, judged
from whole_job.runs import (
    FLOOR,
    FULL_JOB,
    HALF_A_YEAR_NIGHTLY,
    LIMITED,
    SMALLEST,
    TWO_YEARS,
    TWO_YEARS_NIGHTLY,
    Runs,
    next_after,
)

SIZES = ("4k", "100k", "1m")
UNKNOWN = ""

# What a commit's row says of a size.
Tell = Callable[[Runs], str]
JOB: dict[str, Tell] = {
    "s": lambda of: f"{of.job:.1f}",
    "CPU s": lambda of: f"{of.cpu_seconds(FULL_JOB):.1f}",
    "GB": lambda of: f"{of.gigabytes(FULL_JOB):.2f}",
    "floor, s": lambda of: f"{of.floor:.1f}",
    "CPU s of it": lambda of: f"{of.floor_cpu:.1f}",
    "GB of it": lambda of: f"{of.gigabytes(FLOOR):.2f}",
    "× its s": lambda of: f"{of.job / of.floor:.1f}",
    "× its CPU s": lambda of: f"{of.cpu_seconds(FULL_JOB) / of.floor_cpu:.1f}",
    "smallest shop, s": lambda of: f"{of.seconds(SMALLEST):.1f}",
    "within 3 GB, s": lambda of: f"{of.seconds(LIMITED):.1f}",
    "GB then": lambda of: f"{of.gigabytes(LIMITED):.2f}",
    "others, CPU s": lambda of: f"{of.others_cpu_seconds(FULL_JOB):.1f}",
}
NEXT, NEXT_OF_6, NEXT_OF_730 = (next_after(history) for history in (TWO_YEARS, HALF_A_YEAR_NIGHTLY, TWO_YEARS_NIGHTLY))
NIGHT: dict[str, Tell] = {
    "s": lambda of: f"{of.seconds(NEXT):.1f}",
    "CPU s": lambda of: f"{of.cpu_seconds(NEXT):.1f}",
    "of the job's s": lambda of: f"{of.seconds(NEXT) / of.job:.0%}",
    "of its CPU s": lambda of: f"{of.cpu_seconds(NEXT) / of.cpu_seconds(FULL_JOB):.0%}",
    "6 months in nightly files, s": lambda of: f"{of.seconds(NEXT_OF_6):.1f}",
    "CPU s then": lambda of: f"{of.cpu_seconds(NEXT_OF_6):.1f}",
    "24 months in nightly files, s": lambda of: f"{of.seconds(NEXT_OF_730):.1f}",
    "CPU s of that": lambda of: f"{of.cpu_seconds(NEXT_OF_730):.1f}",
    "others, CPU s": lambda of: f"{of.others_cpu_seconds(NEXT):.1f}",
}


def document(results: list[dict[str, Any]]) -> str:
    """All tables, of results in the order of their commits."""
    by_size = {size: [result for result in results if result["size"] == size] for size in SIZES}
    measured = [found for found in by_size.values() if found]
    parts = ["### Goals", goals([row for found in measured for row in newest_judgements(found)])]
    for found in measured:
        parts.append(f"### {described(found[-1])}")
        parts += filter(None, [commits("full job", JOB, found), stages(found), commits("next night", NIGHT, found)])
        parts += filter(None, [ingestion(found)])
    return "\n\n".join(parts)


def described(result: dict[str, Any]) -> str:
    """A shop in one line."""
    rows = result["shop"]["rows"]
    return f"{result['shop']['customers']:,} customers: {rows['orders']:,} rows of orders, {rows['events']:,} of events"


def newest_judgements(results: list[dict[str, Any]]) -> list[tuple[str, Judged]]:
    """Of each goal of a size the last commit that measured it, and what was found."""
    found: dict[Goal, tuple[str, Judged]] = {}
    for result in results:
        found |= {judgement.goal: (_commit(result), judgement) for judgement in judged(result)}
    return [found[goal] for goal in GOALS if goal in found]


def goals(found: Iterable[tuple[str, Judged]]) -> str:
    """Each goal beside what was measured."""
    rows = [
        [
            judgement.goal.text,
            judgement.size,
            commit,
            f"{judgement.measured:.1f} {judgement.goal.unit}",
            f"{judgement.at_most:.1f} {judgement.goal.unit}" if isfinite(judgement.at_most) else "",
            "yes" if judgement.is_reached else f"no, {judgement.measured / judgement.at_most:.1f} × as much",
        ]
        for commit, judgement in found
    ]
    return table(["goal", "shop", "commit", "measured", "at most", "reached"], rows)


def commits(title: str, columns: dict[str, Tell], results: list[dict[str, Any]]) -> str:
    """A row per commit of which any of the columns was measured; columns that nobody measured are left out."""
    told = [(result, [_or_unknown(tell, Runs(result)) for tell in columns.values()]) for result in results]
    rows = [(result, row) for result, row in told if any(row)]
    shown = [number for number in range(len(columns)) if any(row[number] for _result, row in rows)]
    headings = [f"{title}: commit", "measured", *(list(columns)[number] for number in shown)]
    lines = [[_commit(result), result["measured_at"][:10], *(row[number] for number in shown)] for result, row in rows]
    return table(headings, lines) if lines else ""


def stages(results: list[dict[str, Any]]) -> str:
    """Where the seconds of the full job went, in the first result and in the last."""
    measured = [result for result in results if any(run["name"] == FULL_JOB for run in result["runs"])]
    if not measured:
        return ""
    shown = measured[:1] + measured[1:][-1:]
    seconds = [Runs(result).stages(FULL_JOB) for result in shown]
    names = dict.fromkeys(name for stages in seconds for name in stages)
    rows = [[name, *(f"{stages.get(name, 0.0):.1f}" for stages in seconds)] for name in names]
    return table(["stage of the full job, s", *map(_commit, shown)], rows)


def ingestion(results: list[dict[str, Any]]) -> str:
    """How fast the newest result took in each feed, form by form."""
    newest = [result for result in results if "ingestion" in result][-1:]
    rows = [
        [
            row["form"],
            row["feed"],
            f"{row['rows']:,}",
            f"{row['copy_seconds']:.2f}",
            f"{row['seconds']:.2f}",
            f"{row['rows_per_second']:,.0f}",
            f"{row['seconds'] / row['copy_seconds']:.1f}",
        ]
        for result in newest
        for row in result["ingestion"]
    ]
    headings = ["ingestion: form", "feed", "rows", "typed copy, s", "ingestion, s", "rows/s", "ratio"]
    return table([*headings[:-1], f"ratio at {_commit(newest[0])}"], rows) if rows else ""


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown, all but the first column to the right."""
    lines = [headings, ["---", *["---:"] * (len(headings) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _commit(result: dict[str, Any]) -> str:
    return result["commit"]["hash"] + (" and changes" if result["commit"]["has_changes"] else "")


def _or_unknown(tell: Tell, runs: Runs) -> str:
    try:
        return tell(runs)
    except KeyError:
        return UNKNOWN
