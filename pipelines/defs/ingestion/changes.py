"""What has changed since the tables were last built: from it dbt knows which rows it has to work out again."""

from collections.abc import Iterator

import dagster as dg

from pipelines.dbt import kept_tables, recipe
from pipelines.defs.metadata import tables_metadata
from pipelines.defs.resources import ShopResource
from pipelines.landing.contracts import load_contracts
from pipelines.landing.nights import BusinessDay
from pipelines.landing.reference_tables import reference_digest
from pipelines.night.going_on import ACCOUNTS, note_changes
from pipelines.night.shop import read_night
from pipelines.tables import declared_tables
from pipelines.warehouse.build import connect
from pipelines.warehouse.spark_tables import copy_to_spark

FEEDS = [feed for feed, contract in load_contracts().items() if contract.is_told_by_changes]
TABLES = [*(f"changed.{feed}" for feed in FEEDS), ACCOUNTS]


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            table.split("."),
            deps=[*(["lake", feed] for feed in load_contracts()), ["ops", "night"]],
            group_name="changes",
            kinds={"duckdb"},
            description=declared_tables()[table].meaning,
        )
        for table in TABLES
    ]
)
def changes(shop: ShopResource) -> Iterator[dg.MaterializeResult]:
    """Versions of rows that may count otherwise than last built; nothing when all has to be built anew."""
    opened = shop.open()
    made_by = recipe(shop.settings, opened.currency, reference_digest(opened.folder.home))
    with connect(opened.folder.warehouse) as connection:
        as_of = BusinessDay(read_night(connection).as_of_date, opened.time_zone)
        goes_on = note_changes(connection, opened.folder.lake, opened.source_names, as_of, made_by, kept_tables())
    if shop.is_on_spark:
        copy_to_spark(opened.folder.warehouse, TABLES)
    for table, metadata in tables_metadata(opened.folder.warehouse, TABLES).items():
        yield dg.MaterializeResult(table.split("."), metadata={**metadata, "goes on from the last build": goes_on})
