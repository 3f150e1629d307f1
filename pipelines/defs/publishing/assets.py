"""What readers see: one asset that swaps tonight's tables in. How is warehouse/publication's business."""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from pipelines.dbt import descriptions, tables_of
from pipelines.defs.gates import promised_rules
from pipelines.defs.metadata import table_metadata
from pipelines.defs.modelling.assets import TABLES
from pipelines.defs.resources import ShopResource
from pipelines.landing.contracts import load_contracts
from pipelines.night.runs import FAULTY, PUBLISHED, PUBLISHED_ASSET, VERDICT, tag
from pipelines.shop import read_night
from pipelines.warehouse.build import connect, recover_history
from pipelines.warehouse.publication import Publication, publish, published_file, rows_published
from pipelines.warehouse.trust import PublicationRefused

GROUP = "publishing"
VERDICT_CHECK = "the_night_is_trusted"


@dg.definitions
def publishing() -> dg.Definitions:
    """The published file waits for every table that readers see, and so for every gate on them."""
    upstream = [
        *(["marts", name] for name in tables_of("marts")),
        *(["ml", name] for name in TABLES),
        ["ops", "night"],
        ["ops", "ingested_files"],
        ["ops", "quarantined_rows"],
        ["ops", "unread_inputs"],
        ["ops", "later_versions"],
    ]
    outputs = {
        ("published", "guanxi"): "The read-only DuckDB file and Parquet that readers see, swapped in after every gate.",
        ("ops", "gate_results"): "One row per run, table and rule: whether it held, how many rows broke it.",
        ("ops", "publications"): "One row per published night: when, as of which day, how many tables and rows.",
    }

    @dg.multi_asset(
        specs=[
            dg.AssetSpec(list(key), deps=upstream, group_name=GROUP, kinds={"duckdb"}, description=text)
            for key, text in outputs.items()
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
        with connect(folder.warehouse, read_only=True) as connection:
            night = read_night(connection)
        now = datetime.now(UTC).replace(tzinfo=None)
        wanted = Publication(
            f"{now:%Y%m%dT%H%M%S%f}", context.run.run_id, night.as_of_date, night.source_names, published_at=now
        )
        promised = promised_rules()
        try:
            done = publish(folder.warehouse, folder.published, wanted, personal_columns(), descriptions(), promised)
        except PublicationRefused as refusal:
            yield verdict(False, f"Refused as of {night.as_of_date}, readers keep the previous file: {refusal}")
            faulty = dg.MetadataValue.json([PUBLISHED_ASSET.to_user_string()])
            raise dg.Failure(str(refusal), metadata={FAULTY: faulty}, allow_retries=False) from refusal
        recover_history(folder.warehouse, published_file(folder.published))
        tag(context.instance, context.run.run_id, {VERDICT: PUBLISHED})
        rows = rows_published(folder.published)
        yield dg.MaterializeResult(
            ["published", "guanxi"],
            metadata={
                "file": dg.MetadataValue.path(published_file(folder.published)),
                "tables": done.table_count,
                "dagster/row_count": done.row_count,
                "rows": dg.MetadataValue.md("\n".join(f"- `{table}` {count:,}" for table, count in rows.items())),
            },
        )
        yield verdict(
            True,
            f"As of {night.as_of_date}: {sum(map(len, promised.values()))} rules were asked of {len(promised)} tables"
            f" as they are published, none that stops a night is broken; {done.table_count} tables,"
            f" {done.row_count:,} rows are published.",
        )
        for name in ("gate_results", "publications"):
            yield dg.MaterializeResult(["ops", name], metadata=table_metadata(folder.warehouse, f"ops.{name}"))

    return dg.Definitions(assets=[published])


def verdict(is_published: bool, sentence: str) -> dg.AssetCheckResult:
    """The night's verdict on the asset that readers see."""
    return dg.AssetCheckResult(
        passed=is_published,
        check_name=VERDICT_CHECK,
        asset_key=PUBLISHED_ASSET,
        description=sentence,
        metadata={"verdict": sentence},
    )


def personal_columns() -> set[str]:
    """Names of the fields that contracts call personal, and of what is derived from them; none may be published."""
    names = {column.name for contract in load_contracts().values() for column in contract.columns if column.is_personal}
    return names | {f"{name}_normalized" for name in names}
