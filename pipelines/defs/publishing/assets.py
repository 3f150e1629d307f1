"""What readers see: one asset that swaps tonight's tables in. How is warehouse/publication's business."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import dagster as dg

from pipelines.defs.metadata import tables_metadata
from pipelines.defs.resources import ShopResource
from pipelines.erasure.steps import finish
from pipelines.folders import DataFolder
from pipelines.modelling.scoring import scores
from pipelines.night.runs import FAULTY, PUBLISHED, PUBLISHED_ASSET, VERDICT, tag
from pipelines.night.shop import read_night
from pipelines.promises import promised_rules
from pipelines.registry.archive import Archive
from pipelines.registry.tables import MODELS
from pipelines.tables import declared_tables, history, personal_names, tables_in
from pipelines.warehouse.build import connect, recover_history
from pipelines.warehouse.duckdb_tables import open_tables
from pipelines.warehouse.identity_merges import log_identity_merges
from pipelines.warehouse.publication import (
    PUBLISHED_SCHEMAS,
    Publication,
    publish,
    published_file,
    rows_published,
)
from pipelines.warehouse.restricted import contacts_file
from pipelines.warehouse.restricted_tables import READ_FROM_BUILD
from pipelines.warehouse.trust import GATE_TOTALS, PublicationRefused, create_gate_totals

GROUP = "publishing"
VERDICT_CHECK = "the_night_is_trusted"


@dg.definitions
def publishing() -> dg.Definitions:
    """The published file waits for every table that readers see, and so for every gate on them."""
    own = {address: declared_tables()[address].meaning for address in (*history(), GATE_TOTALS)}
    upstream = [table.address.split(".") for table in tables_in(*PUBLISHED_SCHEMAS) if table.address not in own]
    upstream += [table.split(".") for table in READ_FROM_BUILD]
    outputs = {
        "published.guanxi": "The read-only DuckDB file and Parquet that readers see, swapped in after all gates."
    }

    @dg.multi_asset(
        specs=[
            dg.AssetSpec(address.split("."), deps=upstream, group_name=GROUP, kinds={"duckdb"}, description=text)
            for address, text in (outputs | own).items()
        ],
        check_specs=[
            dg.AssetCheckSpec(
                VERDICT_CHECK,
                asset=list(PUBLISHED_ASSET.path),
                description="The night's verdict: every gate of every published table held, or which did not.",
            )
        ],
    )
    def published(
        context: dg.AssetExecutionContext, shop: ShopResource
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        folder = shop.open().folder
        with connect(folder.warehouse) as connection:
            night = read_night(connection)
            create_gate_totals(connection)
            log_identity_merges(connection, night.as_of_date)
        now = datetime.now(UTC).replace(tzinfo=None)
        wanted = Publication(
            f"{now:%Y%m%dT%H%M%S%f}", context.run.run_id, night.as_of_date, night.source_names, published_at=now
        )
        promised = promised_rules()
        try:
            done = publish(
                folder.warehouse,
                folder.published,
                wanted,
                personal_names(),
                declared_tables(),
                promised,
                folder.restricted,
                shop.settings.published_for,
            )
        except PublicationRefused as refusal:
            yield verdict(False, f"Refused as of {night.as_of_date}, readers keep the previous file: {refusal}")
            faulty = dg.MetadataValue.json([PUBLISHED_ASSET.to_user_string()])
            raise dg.Failure(str(refusal), metadata={FAULTY: faulty}, allow_retries=False) from refusal
        recover_history(folder.warehouse, published_file(folder.published), history())
        keep_scores(folder, night.as_of_date)
        tag(context.instance, context.run.run_id, {VERDICT: PUBLISHED})
        rows, left = rows_published(folder.published), finish(folder)
        yield dg.MaterializeResult(
            ["published", "guanxi"],
            metadata={
                "file": dg.MetadataValue.path(published_file(folder.published)),
                "contacts": dg.MetadataValue.path(contacts_file(folder.restricted)),
                "tables": done.table_count,
                "dagster/row_count": done.row_count,
                "rows": dg.MetadataValue.md("\n".join(f"- `{table}` {count:,}" for table, count in rows.items())),
                **({"notes": dg.MetadataValue.md("\n".join(map(_told, left)))} if left else {}),
            },
        )
        yield verdict(
            True,
            f"As of {night.as_of_date}: {sum(map(len, promised.values()))} rules were asked of {len(promised)} tables"
            f" as they are published, none that stops a night is broken; {done.table_count} tables,"
            f" {done.row_count:,} rows are published.",
        )
        for address, metadata in tables_metadata(folder.warehouse, own).items():
            yield dg.MaterializeResult(address.split("."), metadata=metadata)

    return dg.Definitions(assets=[published])


def _told(left: str) -> str:
    return f"- An erasure is not done: erased persons are still named in {left} times; the next night goes on with it."


def keep_scores(folder: DataFolder, as_of: date) -> None:
    """Put aside what has just been published, where it is to be held against what will have come."""
    with open_tables(published_file(folder.published), read_only=True) as tables:
        scoring = tables.read(f"select model, trained_as_of from {MODELS} where is_scoring_tonight")
        days = {model: day.date() for model, day in zip(scoring["model"], scoring["trained_as_of"], strict=True)}
        for name, score in scores().items():
            Archive(folder.scores, name, score.forecasts).keep(tables.read, as_of, days.get(name))


def verdict(is_published: bool, sentence: str) -> dg.AssetCheckResult:
    """The night's verdict on the asset that readers see."""
    return dg.AssetCheckResult(
        passed=is_published,
        check_name=VERDICT_CHECK,
        asset_key=PUBLISHED_ASSET,
        description=sentence,
        metadata={"verdict": sentence},
    )
