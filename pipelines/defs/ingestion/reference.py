"""Reference tables: what ships, or what the shop has put in its place. How they are read and checked is landing's."""

from collections.abc import Iterator

import dagster as dg

from pipelines.defs.metadata import tables_metadata
from pipelines.defs.resources import ShopResource
from pipelines.landing.reference_tables import SCHEMA, reference_contracts, reference_file, write_reference_tables
from pipelines.tables import declared_tables
from pipelines.warehouse.build import connect
from pipelines.warehouse.spark_tables import copy_to_spark

TABLES = {name: f"{SCHEMA}.{name}" for name in reference_contracts()}


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            table.split("."),
            deps=[["landing", "files"]],
            group_name=SCHEMA,
            kinds={"duckdb"},
            description=declared_tables()[table].meaning,
        )
        for table in TABLES.values()
    ]
)
def reference(shop: ShopResource) -> Iterator[dg.MaterializeResult]:
    """Targets, rates, words, seasons, topics and programmes: the shop's own file of that name, else what ships."""
    folder = shop.open().folder
    with connect(folder.warehouse) as connection:
        write_reference_tables(connection, folder.home)
    if shop.is_on_spark:
        copy_to_spark(folder.warehouse, list(TABLES.values()))
    told = tables_metadata(folder.warehouse, TABLES.values())
    for name, table in TABLES.items():
        file = dg.MetadataValue.path(reference_file(folder.home, name))
        yield dg.MaterializeResult(table.split("."), metadata={**told[table], "file": file})
