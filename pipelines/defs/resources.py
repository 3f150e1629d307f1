"""The resources that every asset and check may ask for, and the executor. Their defaults come from the environment."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import dagster as dg

from pipelines.dbt import dbt_resource
from pipelines.night import shop as shops
from pipelines.night.owner import keep_to_owner, private_files
from pipelines.night.runs import SOURCES, close_killed_runs, conclude, prune, tag
from pipelines.settings import read_settings


class ShopResource(dg.ConfigurableResource):
    """Whose shop, from which folders, as of which day; the run holds the data directory's lock meanwhile.

    No `sources` means those of the data directory's `shop.yml`.
    """

    data_dir: str
    sources: dict[str, str] = {}  # noqa: RUF012 # dagster's own way of a default
    as_of: str | None = None
    full_refresh: bool = False
    discount_rate: float = 0.0

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["ShopResource"]:
        """Keep a second run out, close runs that died, and say at the end what became of this one."""
        folder = DataFolder(Path(self.data_dir))
        instance, run_id = context.instance, context.run.run_id if context.run else None
        try:
            self.requested_as_of()
            opened = self.open()
            with private_files(), shops.at_work(folder):
                if instance and run_id:
                    close_killed_runs(instance, run_id)
                    tag(instance, run_id, {SOURCES: ",".join(opened.source_names)})
                yield self
                if instance and run_id:
                    prune(instance, folder, read_settings().keep_days)
                keep_to_owner(folder)
        finally:
            if instance and run_id:
                conclude(instance, run_id)

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
