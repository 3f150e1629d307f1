"""Paths and environment: the only place that reads them. What to do with them is not this file's business."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.problems import BadInput

REPOSITORY = Path(__file__).parents[1]
DBT_PROJECT = REPOSITORY / "dbt_project"
INSTANCE_CONFIGURATION = REPOSITORY / "dagster.yaml"


@dataclass(frozen=True)
class DataFolder:
    """Where everything that a run makes lies; the meaning of each folder is told in data/README.md."""

    home: Path

    @property
    def landing(self) -> Path:
        """One folder per source with the files it exported."""
        return self.home / "landing"

    @property
    def lake(self) -> Path:
        """Validated Parquet parts, the source of truth."""
        return self.home / "lake"

    @property
    def warehouse(self) -> Path:
        """The DuckDB file that is being built; nobody but the run reads it."""
        return self.home / "warehouse" / "guanxi.duckdb"

    @property
    def shop_file(self) -> Path:
        """Which shop the data directory belongs to."""
        return self.home / "shop.yml"

    @property
    def customer_key(self) -> Path:
        """The secret that customer ids are made with."""
        return self.home / "customer_key"

    @property
    def published(self) -> Path:
        """The folder that readers see."""
        return self.home / "published"

    @property
    def pictures(self) -> Path:
        """How right the models are, drawn."""
        return self.home / "pictures"

    @property
    def logs(self) -> Path:
        """One file per `guanxi run`."""
        return self.home / "logs"

    @property
    def dagster_home(self) -> Path:
        """The orchestrator's own records."""
        return self.home / "dagster"


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
