"""How a single value is read from text: a day, folders by source, a cron line. ValueError says what is allowed."""

import os
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

UNITS = {"MB": 10**6, "GB": 10**9, "TB": 10**12}
LEAST_MEMORY = 500 * 10**6


def day_of(said: Any) -> date:
    """The business day that an ISO text names; the one place that parses it."""
    if type(said) is date:  # YAML has dates of its own
        return said
    try:
        return date.fromisoformat(str(said))
    except ValueError:
        raise ValueError(f"{str(said)!r} is no date: write it as YYYY-MM-DD") from None


def sources_of(said: Any) -> Any:
    """Folders of files by source, of `name=folder` pairs or as `shop.yml` holds them; empty: our landing folder.

    A source that is named twice is an error, since one folder would be dropped.
    """
    if isinstance(said, str):
        said = [pair for pair in said.split(";") if pair.strip()]
    if isinstance(said, list):
        pairs = [split_source(str(pair)) for pair in said]
        if twice := {name for name, _folder in pairs if [other for other, _ in pairs].count(name) > 1}:
            raise ValueError(f"source {min(twice)} is named twice: put its files into one folder, or name it once")
        return dict(pairs)
    if isinstance(said, Mapping):
        return {str(name): folder or "" for name, folder in said.items()}
    raise ValueError(f"{said!r} names no source: write a folder of files by source, as in sample: /exports/shop")


def split_source(pair: str) -> tuple[str, str]:
    """`("thelook", "/exports")` of "thelook=/exports"; the folder is empty when only a name is given."""
    name, _, folder = pair.strip().partition("=")
    return name, os.path.abspath(os.path.expanduser(folder)) if folder else ""


def cron_line(said: Any) -> str:
    """A line that cron, and Dagster's schedule, can read."""
    from dagster._utils.schedules import is_valid_cron_schedule

    if not isinstance(said, str) or not is_valid_cron_schedule(said):
        raise ValueError(f"{said!r} is no cron line: write '0 2 * * *' for two in the morning")
    return said


def memory_of(said: Any) -> str:
    """An amount of memory as DuckDB reads it, `4GB`."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(MB|GB|TB)", str(said).strip().upper())
    if not found or float(found[1]) * UNITS[found[2]] < LEAST_MEMORY:
        raise ValueError(f"{str(said)!r} is no amount of memory to work in: write at least 500MB, as in 4GB")
    return found[1] + found[2]


def quarter_of(memory: str) -> str:
    """A quarter of an amount of memory that `memory_of` has read."""
    amount = re.match(r"[\d.]+", memory)
    assert amount, memory
    return f"{float(amount[0]) / 4:g}{memory[amount.end() :]}"


def no_truth_value(said: Any) -> Any:
    """No setting is true or false, and YAML's `yes` would else count as 1."""
    if isinstance(said, bool):
        raise ValueError(f"{said} is no value here")
    return said
