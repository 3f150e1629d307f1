"""The environment: the only place that reads it. What to do with it is not this file's business."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.folders import REPOSITORY
from pipelines.problems import BadInput


@dataclass(frozen=True)
class Settings:
    """What the environment says; an option of the command line or a run's configuration overrides it.

    No `sources` means those of the data directory's `shop.yml`. `schedule` is a cron line in the shop's time zone;
    runs, logs and published nights are kept for `keep_days` days.
    """

    data_dir: Path
    sources: dict[str, str] = field(default_factory=dict)
    as_of: str | None = None
    discount_rate: float = 0.0
    schedule: str = "0 2 * * *"
    keep_days: int = 30


def read_settings() -> Settings:
    """Settings from `GUANXI_DATA_DIR`, `GUANXI_SOURCES` (`name=folder` pairs between semicolons), `GUANXI_AS_OF`,
    `GUANXI_DISCOUNT_RATE`, `GUANXI_SCHEDULE`, `GUANXI_KEEP_DAYS`."""
    pairs = [pair for pair in os.environ.get("GUANXI_SOURCES", "").split(";") if pair.strip()]
    return Settings(
        data_dir=Path(os.environ.get("GUANXI_DATA_DIR", REPOSITORY / "data")).expanduser().absolute(),
        sources=split_sources(pairs),
        as_of=os.environ.get("GUANXI_AS_OF") or None,
        discount_rate=read_rate(os.environ.get("GUANXI_DISCOUNT_RATE") or "0"),
        schedule=os.environ.get("GUANXI_SCHEDULE") or Settings.schedule,
        keep_days=read_days(os.environ.get("GUANXI_KEEP_DAYS") or str(Settings.keep_days)),
    )


def read_days(text: str) -> int:
    """A number of days, at least one; raises BadInput for what is none."""
    if not text.strip().isdecimal() or int(text) < 1:
        raise BadInput(f"GUANXI_KEEP_DAYS {text} is no number of days: write 30 to keep runs and logs for a month")
    return int(text)


def read_rate(text: str) -> float:
    """A year's interest as a share; raises BadInput for what is none."""
    try:
        rate = float(text)
    except ValueError:
        rate = -1.0
    if not 0 <= rate < 1:
        raise BadInput(f"discount rate {text} is no share of a year's interest: write 0.1 for 10 %, 0 for none")
    return rate


def split_sources(pairs: list[str]) -> dict[str, str]:
    """Folders of files by source; raises BadInput when a source is named twice, since one folder would be dropped."""
    split = [split_source(pair) for pair in pairs]
    for name, _folder in split:
        if [other for other, _ in split].count(name) > 1:
            raise BadInput(f"source {name} is named twice: put its files into one folder, or name it once")
    return dict(split)


def split_source(pair: str) -> tuple[str, str]:
    """`("thelook", "/exports")` of "thelook=/exports"; the folder is empty when only a name is given."""
    name, _, folder = pair.strip().partition("=")
    return name, os.path.abspath(os.path.expanduser(folder)) if folder else ""
