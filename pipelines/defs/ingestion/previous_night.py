"""What was published of customers on the last night of an earlier day. Where it is found is the warehouse's."""

import dagster as dg

from pipelines.defs.metadata import table_metadata
from pipelines.defs.resources import ShopResource
from pipelines.landing.erased.register import is_erased
from pipelines.night.erasing import erased_in
from pipelines.night.shop import read_night
from pipelines.tables import declared_tables
from pipelines.warehouse.build import connect
from pipelines.warehouse.previous_night import ADDRESS, write_previous_segments
from pipelines.warehouse.spark_tables import copy_to_spark


@dg.asset(
    key=ADDRESS.split("."),
    deps=[["ops", "night"]],
    group_name="history",
    kinds={"duckdb"},
    description=declared_tables()[ADDRESS].meaning,
)
def previous_segments(shop: ShopResource) -> dg.MaterializeResult:
    """The customer file as readers last saw it of an earlier day."""
    folder = shop.open().folder
    with connect(folder.warehouse) as connection:
        erased_in(folder).open_on(connection)
        left_out = is_erased("customer", "customers.customer_id", "earlier.marts.dim_customers as customers")
        as_of = read_night(connection).as_of_date
        day = write_previous_segments(connection, folder.published, as_of, left_out)
    if shop.is_on_spark:
        copy_to_spark(folder.warehouse, [ADDRESS])
    return dg.MaterializeResult(metadata={"as of": str(day), **table_metadata(folder.warehouse, ADDRESS)})
