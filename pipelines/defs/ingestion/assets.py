"""From landed files to `raw.*`: the lake, the night's date, the views. How a file is read is landing's business."""

import shutil
from collections.abc import Iterator

import dagster as dg

from pipelines.defs.metadata import table_metadata, tables_metadata
from pipelines.defs.resources import ShopResource
from pipelines.erasure.steps import complete
from pipelines.landing.account_arrivals import TABLE as ACCOUNT_ARRIVALS
from pipelines.landing.account_arrivals import create_account_arrivals
from pipelines.landing.contracts import load_contracts
from pipelines.landing.ingest import ingest_feed
from pipelines.landing.lake import count_later_rows, create_ops_tables, create_raw_view, create_superseded_table
from pipelines.landing.nights import BusinessDay, read_nights, record_night
from pipelines.landing.spark_lake import write_raw_table, write_superseded_table
from pipelines.landing.unread.table import write_unread_inputs
from pipelines.night.erasing import TABLE as ERASURES
from pipelines.night.erasing import erased_in, forget_in_history, ground_of, take_requests, write_erasures
from pipelines.night.runs import AS_OF, tag
from pipelines.night.shop import Night, decide_as_of, read_night, record_shop, require_files, write_night
from pipelines.tables import declared_tables, history
from pipelines.warehouse.build import connect, prepare_build, remove_build
from pipelines.warehouse.customer_key import read_customer_key, write_customer_key
from pipelines.warehouse.publication import published_file, settle
from pipelines.warehouse.spark_tables import copy_to_spark, forget_tables, forget_views, known_session

GROUP = "ingestion"
FEEDS = tuple(load_contracts())
INGESTION_RECORDS = ("ingested_files", "quarantined_rows", "feed_totals", "quarantine_reasons", "unread_inputs")


@dg.asset(key=["landing", "files"], group_name=GROUP, kinds={"file"})
def landing_files(shop: ShopResource) -> dg.MaterializeResult:
    """The files that the shop's systems exported."""
    opened = shop.open()
    require_files(opened)
    notes = take_requests(opened, shop.settings)
    if shop.full_refresh:
        remove_build(opened.folder.warehouse)
        if opened.folder.models.exists():
            shutil.rmtree(opened.folder.models)
    settle(opened.folder.published, opened.folder.restricted)
    prepare_build(opened.folder.warehouse, published_file(opened.folder.published), history())
    with connect(opened.folder.warehouse) as connection:
        forget_in_history(connection, opened.folder, history())
    forget = forget_tables if shop.is_on_spark else forget_views
    forget(opened.folder.warehouse)
    return dg.MaterializeResult(
        metadata={
            **{landed.source.name: dg.MetadataValue.path(landed.folder) for landed in opened.sources},
            **({"notes": dg.MetadataValue.md("\n".join(f"- {note}" for note in notes))} if notes else {}),
        }
    )


def lake_asset(feed: str) -> dg.AssetsDefinition:
    """The asset that takes one feed's landed files into the lake."""

    @dg.asset(
        key=["lake", feed],
        deps=[landing_files],
        group_name=GROUP,
        kinds={"parquet"},
        description=f"{load_contracts()[feed].grain.en} Validated Parquet parts, one per landed file and recipe.",
    )
    def lake_feed(shop: ShopResource) -> dg.MaterializeResult:
        opened = shop.open()
        nights = read_nights(opened.folder.lake)
        erased = erased_in(opened.folder)
        files = [
            file
            for landed in opened.sources
            for file in ingest_feed(
                landed.source, landed.folder, feed, opened.folder.lake, shop.settings.ingestion_memory, erased
            )
        ]
        return dg.MaterializeResult(
            metadata={
                "files": len(files),
                "new files": sum(nights.is_since_the_last(file.ingested_at) for file in files),
                "rows read": sum(file.rows_read for file in files),
                "rows loaded": sum(file.rows_loaded for file in files),
                "rows quarantined": sum(file.rows_quarantined for file in files),
                "rows of erased persons": sum(file.rows_erased for file in files),
                "exact duplicates dropped": sum(file.duplicates_dropped for file in files),
                "identifiers that stand for nobody": sum(file.identifiers_ignored for file in files),
                "columns not read": max((file.columns_unread for file in files), default=0),
            }
        )

    return lake_feed


lake_assets = [lake_asset(feed) for feed in FEEDS]


@dg.asset(key=["ops", "night"], deps=[["lake", feed] for feed in FEEDS], group_name=GROUP, kinds={"duckdb"})
def night(context: dg.AssetExecutionContext, shop: ShopResource) -> dg.MaterializeResult:
    """One row: the business day that every table of this build describes, with the shop's time zone and currency."""
    opened = shop.open()
    complete(ground_of(opened, shop.settings))  # what was kept out may name accounts and orders of its own
    with connect(opened.folder.warehouse) as connection:
        as_of = decide_as_of(connection, opened, shop.settings.as_of)
        record_night(opened.folder.lake, as_of)
        write_night(connection, Night(as_of, opened.time_zone, opened.currency, ",".join(opened.source_names)))
        write_customer_key(connection, read_customer_key(opened.folder.customer_key))
        day = BusinessDay(as_of, opened.time_zone)  # until now raw.orders shows orders of every day
        create_raw_view(connection, opened.folder.lake, load_contracts()["orders"], opened.source_names, day)
        create_account_arrivals(connection, opened.folder.lake, opened.source_names, day)
    if shop.is_on_spark:
        copy_to_spark(opened.folder.warehouse, ["ops.night", "raw.customer_key", ACCOUNT_ARRIVALS])
    record_shop(opened)
    tag(context.instance, context.run.run_id, {AS_OF: str(as_of)})
    return dg.MaterializeResult(metadata={"as of": str(as_of), **table_metadata(opened.folder.warehouse, "ops.night")})


def raw_asset(feed: str) -> dg.AssetsDefinition:
    """The asset that shows one feed of the lake as a view, one row per key."""
    contract = load_contracts()[feed]

    @dg.asset(
        key=["raw", feed],
        deps=[["lake", feed], night],
        group_name=GROUP,
        kinds={"duckdb"},
        description=f"{contract.grain.en} As the shop had reported it by the night's day; a view over the lake.",
        metadata={"dagster/column_schema": column_schema(feed)},
    )
    def raw_feed(shop: ShopResource) -> dg.MaterializeResult:
        opened = shop.open()
        with connect(opened.folder.warehouse) as connection:
            as_of = BusinessDay(read_night(connection).as_of_date, opened.time_zone)
            create_raw_view(connection, opened.folder.lake, contract, opened.source_names, as_of, is_kept=True)
            later = count_later_rows(connection, opened.folder.lake, contract, opened.source_names, as_of)
        if shop.is_on_spark:
            session = known_session(opened.folder.warehouse)
            write_raw_table(session, opened.folder.lake, contract, opened.source_names, as_of)
        metadata = {
            "rows known only later": dg.MetadataValue.int(later),
            **table_metadata(opened.folder.warehouse, f"raw.{feed}"),
        }
        if later:
            note = f"- {later:,} rows of {feed} became known only after {as_of.day}; they count as first reported"
            metadata["notes"] = dg.MetadataValue.md(note)
        return dg.MaterializeResult(metadata=metadata)

    return raw_feed


@dg.asset(key=["ops", "later_versions"], deps=[["raw", feed] for feed in FEEDS], group_name=GROUP, kinds={"duckdb"})
def later_versions(shop: ShopResource) -> dg.MaterializeResult:
    """One row per feed and source: rows as of the night, and how many of them became known only after its day."""
    return dg.MaterializeResult(metadata=table_metadata(shop.open().folder.warehouse, "ops.later_versions"))


def column_schema(feed: str) -> dg.TableSchema:
    """The contract's columns as the asset page shows them."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(column.name, column.type, column.en, tags={"personal": ""} if column.is_personal else {})
            for column in load_contracts()[feed].columns
        ]
    )


raw_assets = [raw_asset(feed) for feed in FEEDS]


def superseded_asset(feed: str) -> dg.AssetsDefinition:
    """The asset that shows what the rows of one feed were reported as before."""

    @dg.asset(
        key=["superseded", feed],
        deps=[["lake", feed], night],
        group_name=GROUP,
        kinds={"duckdb"},
        description=f"What rows of raw.{feed} were reported as before, and on which days that was the newest known.",
        metadata={"dagster/column_schema": column_schema(feed)},
    )
    def superseded_feed(shop: ShopResource) -> dg.MaterializeResult:
        opened = shop.open()
        with connect(opened.folder.warehouse) as connection:
            as_of = BusinessDay(read_night(connection).as_of_date, opened.time_zone)
            create_superseded_table(connection, opened.folder.lake, load_contracts()[feed], opened.source_names, as_of)
        if shop.is_on_spark:
            session = known_session(opened.folder.warehouse)
            write_superseded_table(session, opened.folder.lake, load_contracts()[feed], opened.source_names, as_of)
        return dg.MaterializeResult(metadata=table_metadata(opened.folder.warehouse, f"superseded.{feed}"))

    return superseded_feed


superseded_assets = [superseded_asset(feed) for feed in FEEDS if load_contracts()[feed].remembers_revisions]


@dg.asset(key=ERASURES.split("."), deps=[night], group_name=GROUP, kinds={"duckdb"})
def erasures(shop: ShopResource) -> dg.MaterializeResult:
    """One row per erasure and table that lost rows by it, as far as it is done and verified."""
    folder = shop.open().folder
    with connect(folder.warehouse) as connection:
        write_erasures(connection, folder)
    return dg.MaterializeResult(metadata=table_metadata(folder.warehouse, ERASURES))


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            ["ops", name],
            deps=[*(["lake", feed] for feed in FEEDS), night],  # a gate's findings are noted under the night
            group_name=GROUP,
            kinds={"duckdb"},
            description=declared_tables()[f"ops.{name}"].meaning,
        )
        for name in INGESTION_RECORDS
    ],
)
def ingestion_records(shop: ShopResource) -> Iterator[dg.MaterializeResult]:
    """The run's own account of what it took in."""
    opened = shop.open()
    with connect(opened.folder.warehouse) as connection:
        create_ops_tables(connection, opened.folder.lake, opened.source_names)
        landed = [(one.source, one.folder) for one in opened.sources]
        write_unread_inputs(connection, opened.folder.lake, landed)
    told = tables_metadata(opened.folder.warehouse, [f"ops.{name}" for name in INGESTION_RECORDS])
    for address, metadata in told.items():
        yield dg.MaterializeResult(address.split("."), metadata=metadata)
