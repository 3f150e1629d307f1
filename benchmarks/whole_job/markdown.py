"""The tables of docs/performance.md, made from results. Pure: results in, text out."""

from collections.abc import Callable, Iterable, Sequence
from math import isfinite
from typing import Any

from whole_job.goals import GOALS, Goal, Judged, judged
from whole_job.runs import FLOOR, FULL_JOB, HALF_A_YEAR, LIMITED, SMALLEST, TWO_YEARS, TWO_YEARS_DAILY, Runs, next_after

SIZES = ("4k", "100k", "1m")
UNKNOWN = ""

# What a commit's row says of a size.
COLUMNS: dict[str, Callable[[Runs], str]] = {
    "full job, s": lambda of: f"{of.job:.1f}",
    "CPU s": lambda of: f"{of.cpu_seconds(FULL_JOB):.1f}",
    "GB": lambda of: f"{of.gigabytes(FULL_JOB):.2f}",
    "floor, s": lambda of: f"{of.floor:.1f}",
    "floor, GB": lambda of: f"{of.gigabytes(FLOOR):.2f}",
    "× floor": lambda of: f"{of.job / of.floor:.1f}",
    "smallest shop, s": lambda of: f"{of.seconds(SMALLEST):.1f}",
    "within 3 GB, s": lambda of: f"{of.seconds(LIMITED):.1f}",
    "GB then": lambda of: f"{of.gigabytes(LIMITED):.2f}",
    "next night, s": lambda of: f"{of.seconds(next_after(TWO_YEARS)):.1f}",
    "of the job": lambda of: f"{of.seconds(next_after(TWO_YEARS)) / of.job:.0%}",
    "after 6 months, s": lambda of: f"{of.seconds(next_after(HALF_A_YEAR)):.1f}",
    "after 730 files, s": lambda of: f"{of.seconds(next_after(TWO_YEARS_DAILY)):.1f}",
}


def document(results: list[dict[str, Any]]) -> str:
    """All tables, of results in the order of their commits."""
    by_size = {size: [result for result in results if result["size"] == size] for size in SIZES}
    measured = [found for found in by_size.values() if found]
    parts = ["### Goals", goals([row for found in measured for row in newest_judgements(found)])]
    for found in measured:
        parts += [f"### {described(found[-1])}", commits(found), stages(found[0], found[-1])]
        if any("ingestion" in result for result in found):
            parts.append(ingestion(found))
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


def commits(results: list[dict[str, Any]]) -> str:
    """A row per commit; columns that nobody measured are left out."""
    rows = [[_or_unknown(tell, Runs(result)) for tell in COLUMNS.values()] for result in results]
    told = [number for number in range(len(COLUMNS)) if any(row[number] for row in rows)]
    names = ["commit", "measured", *(list(COLUMNS)[number] for number in told)]
    return table(
        names,
        [
            [_commit(result), result["measured_at"][:10], *(row[number] for number in told)]
            for result, row in zip(results, rows, strict=True)
        ],
    )


def stages(first: dict[str, Any], last: dict[str, Any]) -> str:
    """Where the seconds of the full job went, then and now."""
    then, now = (_stages(result) for result in (first, last))
    if not now:
        return ""
    names = list(dict.fromkeys([*then, *now]))
    rows = [[name, *(f"{stages.get(name, 0.0):.1f}" for stages in (then, now))] for name in names]
    headings = [
        "stage of the full job, s",
        f"{first['commit']['hash']}, the first",
        f"{last['commit']['hash']}, the last",
    ]
    return table(headings, rows)


def ingestion(results: list[dict[str, Any]]) -> str:
    """How fast the newest result took in each feed, form by form."""
    newest = [result for result in results if "ingestion" in result][-1]
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
        for row in newest["ingestion"]
    ]
    return table(["form", "feed", "rows", "typed copy, s", "ingestion, s", "rows/s", "ratio"], rows)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown, all but the first column to the right."""
    lines = [headings, ["---", *["---:"] * (len(headings) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _commit(result: dict[str, Any]) -> str:
    return result["commit"]["hash"] + (" and changes" if result["commit"]["has_changes"] else "")


def _stages(result: dict[str, Any]) -> dict[str, float]:
    try:
        return Runs(result).stages(FULL_JOB)
    except KeyError:
        return {}


def _or_unknown(tell: Callable[[Runs], str], runs: Runs) -> str:
    try:
        return tell(runs)
    except KeyError:
        return UNKNOWN
