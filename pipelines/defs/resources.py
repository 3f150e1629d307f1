"""The resources that every asset and check may ask for, and the executor. Their defaults come from the environment."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import dagster as dg

from pipelines import shop as shops
from pipelines.dbt import dbt_resource
from pipelines.settings import read_settings


class ShopResource(dg.ConfigurableResource):
    """Which sources to take from which folders, as of which day; the run holds the data directory's lock meanwhile."""

    data_dir: str
    sources: dict[str, str]
    as_of: str | None = None
    full_refresh: bool = False
    discount_rate: float = 0.0

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["ShopResource"]:
        """Keep a second run out of the data directory; the lock of a killed run is free again at once."""
        with shops.at_work(self.open()):
            yield self

    def open(self) -> shops.Shop:
        """The shop that is configured; raises BadInput."""
        return shops.open_shop(Path(self.data_dir), dict(self.sources))

    def requested_as_of(self) -> date | None:
        """The day that was asked for, if any."""
        return shops.read_as_of(self.as_of) if self.as_of else None


@dg.definitions
def resources() -> dg.Definitions:
    """One shop, one dbt, one process: DuckDB has one writer at a time."""
    settings = read_settings()
    return dg.Definitions(
        resources={
            "shop": ShopResource(
                data_dir=str(settings.data_dir),
                sources=settings.sources,
                as_of=settings.as_of,
                discount_rate=settings.discount_rate,
            ),
            "dbt": dbt_resource(),
        },
        executor=dg.in_process_executor,
    )
