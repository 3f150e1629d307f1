"""The goals that are set for a night on two cores, and how far a result is from each. Nothing is measured here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf
from typing import Any

from whole_job.runs import (
    FULL_JOB,
    HALF_A_YEAR_NIGHTLY,
    LIMITED,
    SMALLEST,
    TWO_YEARS,
    TWO_YEARS_NIGHTLY,
    Runs,
    next_after,
)

EVERY_SIZE = ("4k", "100k", "1m")


@dataclass(frozen=True)
class Goal:
    """What is asked of which sizes: a measure that is at most a limit, both told by the runs.

    Without a limit it is asked that the run ends well: only such runs are kept.
    """

    text: str
    sizes: tuple[str, ...]
    unit: str
    measured: Callable[[Runs], float]
    at_most: Callable[[Runs], float]


@dataclass(frozen=True)
class Judged:
    """A goal at one size, what was measured, and what it may be."""

    goal: Goal
    size: str
    measured: float
    at_most: float

    @property
    def is_reached(self) -> bool:
        """Whether it is."""
        return self.measured <= self.at_most


def _always(limit: float) -> Callable[[Runs], float]:
    return lambda _runs: limit


def _ingestion_of(form: str) -> Goal:
    text = f"Ingestion of {form} within 2 × DuckDB's typed read-and-write"
    return Goal(text, EVERY_SIZE, "×", lambda runs: runs.ingestion(form), _always(2))


GOALS = (
    Goal("Full job within 2.5 × the floor + 60 s", ("1m",), "s", lambda of: of.job, lambda of: 2.5 * of.floor + 60),
    Goal("Full job within 3 × the floor + 30 s", ("100k",), "s", lambda of: of.job, lambda of: 3 * of.floor + 30),
    Goal("Full job within 25 s", ("4k",), "s", lambda of: of.job, _always(25)),
    Goal("of it fixed (a shop of 200 customers): 15 s", ("4k",), "s", lambda of: of.seconds(SMALLEST), _always(15)),
    Goal("Full job within 6 GB", ("1m",), "GB", lambda of: of.gigabytes(FULL_JOB), _always(6)),
    Goal("Full job ends well with `--memory-limit 3GB`", ("1m",), "s", lambda of: of.seconds(LIMITED), _always(inf)),
    Goal(
        "Gates on raw within 10 % of the job",
        EVERY_SIZE,
        "s",
        lambda of: of.stages(FULL_JOB)["gate on raw"],
        lambda of: 0.1 * of.job,
    ),
    Goal(
        "Next night within 15 % of the full job",
        EVERY_SIZE,
        "s",
        lambda of: of.seconds(next_after(TWO_YEARS)),
        lambda of: 0.15 * of.job,
    ),
    Goal(
        "Next night after 24 months, all in nightly files, within 1.2 × that after 6",
        EVERY_SIZE,
        "s",
        lambda of: of.seconds(next_after(TWO_YEARS_NIGHTLY)),
        lambda of: 1.2 * of.seconds(next_after(HALF_A_YEAR_NIGHTLY)),
    ),
    Goal(
        "Next night after 730 files a feed within 1.2 × that after one or two",
        EVERY_SIZE,
        "s",
        lambda of: of.seconds(next_after(TWO_YEARS_NIGHTLY)),
        lambda of: 1.2 * of.seconds(next_after(TWO_YEARS)),
    ),
    *map(_ingestion_of, ("CSV", "CSV.gz", "Parquet")),
    Goal(
        "Ingestion of 730 nightly files within 1.3 × one file",
        EVERY_SIZE,
        "s",
        lambda of: of.result["nightly_files"]["seconds"],
        lambda of: 1.3 * of.result["nightly_files"]["one_file_seconds"],
    ),
)


def judged(result: dict[str, Any]) -> Iterator[Judged]:
    """Every goal of the result's size that was measured."""
    runs = Runs(result)
    for goal in GOALS:
        if result["size"] in goal.sizes:
            try:
                yield Judged(goal, result["size"], goal.measured(runs), goal.at_most(runs))
            except KeyError:
                continue
