"""Where things lie: the checkout, and what a run makes in a data directory, for its owner alone.

What is in them is told elsewhere.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
DBT_PROJECT = REPOSITORY / "dbt_project"
INSTANCE_CONFIGURATION = REPOSITORY / "dagster.yaml"
PRIVATE = 0o077  # rights that new files and folders are not given


@contextmanager
def private_files() -> Iterator[None]:
    """Meanwhile every new file and folder, whichever library makes it, is for its owner alone."""
    before = os.umask(PRIVATE)
    try:
        yield
    finally:
        os.umask(before)


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
    def erased(self) -> Path:
        """The register of erased persons, as keyed hashes, and the proof of each erasure."""
        return self.home / "erased.json"

    @property
    def published(self) -> Path:
        """The folder that readers see."""
        return self.home / "published"

    @property
    def restricted(self) -> Path:
        """The folder with the contacts of customers, for those entitled."""
        return self.home / "restricted"

    @property
    def models(self) -> Path:
        """What scores have learned, until learning is due again."""
        return self.home / "models"

    @property
    def scores(self) -> Path:
        """Scores of some nights as they were published, until it is known what came of them."""
        return self.home / "scores"

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
