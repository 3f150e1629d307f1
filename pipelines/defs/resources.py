"""The resources that every asset and check may ask for, and the executor. What a setting means is told elsewhere."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import ClassVar

import dagster as dg
from pydantic import ConfigDict, PrivateAttr

from pipelines.folders import DataFolder, private_files
from pipelines.night import shop as shops
from pipelines.night.configuration import settings_said
from pipelines.night.owner import keep_to_owner
from pipelines.night.runs import SOURCES, close_killed_runs, conclude, prune, tag
from pipelines.settings.model import Settings
from pipelines.settings.reading import data_folder, read_settings
from pipelines.warehouse.build import limit_memory
from pipelines.warehouse.duckdb_tables import open_tables
from pipelines.warehouse.spark_session import running_spark
from pipelines.warehouse.spark_tables import open_spark_tables
from pipelines.warehouse.tables import Tables


class ShopResource(dg.ConfigurableResource):
    """Whose shop, with which settings, as of which day; the run holds the data directory's lock meanwhile.

    Besides what is named here any setting may be given as in `shop.yml`, e.g. `tiers: {vip_above: 8000}`. What is left
    out is the environment's, or else the data directory's `shop.yml`'s.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    data_dir: str = ""
    sources: dict[str, str] = {}  # noqa: RUF012 # dagster's own way of a default
    as_of: str | None = None
    full_refresh: bool = False
    _settings: Settings = PrivateAttr()

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["ShopResource"]:
        """Keep a second run out, close runs that died, and say at the end what became of this one."""
        folder = self.folder
        instance, run_id = context.instance, context.run.run_id if context.run else None
        try:
            self._settings = read_settings(folder, settings_said(self.model_dump()))
            limit_memory(self._settings.memory_limit)
            opened = self.open()
            with private_files(), shops.at_work(folder), running_spark():
                if instance and run_id:
                    close_killed_runs(instance, run_id)
                    tag(instance, run_id, {SOURCES: ",".join(opened.source_names)})
                yield self
                if instance and run_id:
                    prune(instance, folder, self.settings.keep_days)
                keep_to_owner(folder, self.settings.published_for)
        finally:
            if instance and run_id:
                conclude(instance, run_id)

    def open(self) -> shops.Shop:
        """The shop that is configured; raises BadInput."""
        return shops.open_shop(self.folder, self.settings)

    def tables(self, read_only: bool = False) -> AbstractContextManager[Tables]:
        """The tables of the build, where the engine has them; closed at the end, so that another may write."""
        if self.is_on_spark:
            return open_spark_tables(self.folder.warehouse, read_only)
        return open_tables(self.folder.warehouse, read_only)

    @property
    def is_on_spark(self) -> bool:
        """Whether Spark builds the tables."""
        return self.settings.target == "spark"

    @property
    def folder(self) -> DataFolder:
        """The data directory."""
        return data_folder(Path(self.data_dir) if self.data_dir else None)

    @property
    def settings(self) -> Settings:
        """The shop's settings as they were when the run began."""
        return self._settings


@dg.definitions
def resources() -> dg.Definitions:
    """One shop, one process: DuckDB has one writer at a time."""
    return dg.Definitions(
        resources={"shop": ShopResource()},
        executor=dg.in_process_executor,
    )
