"""From features to scores: an asset per table of each score that is found. What a score is stands in modelling/."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path

import dagster as dg
import pandas as pd

from pipelines.defs.metadata import table_metadata, tables_metadata
from pipelines.defs.resources import ShopResource
from pipelines.landing.reference_tables import reference_digest
from pipelines.modelling.scoring import (
    METRICS,
    Score,
    Scored,
    forget_metrics_of_others,
    keep_pictures,
    keep_tables,
    read_inputs,
    scores,
)
from pipelines.night.shop import Night, read_night
from pipelines.registry.card import landed_by, training_recipe
from pipelines.registry.use import Use
from pipelines.tables import declared_tables
from pipelines.warehouse.build import connect
from pipelines.warehouse.trust import IS_BUILT, Result, record_results

GROUP = "modelling"


@dg.definitions
def modelling() -> dg.Definitions:
    """The assets of every score, and the table that they share."""
    meanings = {address: table.meaning for address, table in declared_tables().items()}
    return dg.Definitions(
        assets=[
            *(score_assets(name, score, meanings) for name, score in scores().items()),
            metrics_asset(scores(), meanings),
        ]
    )


def score_assets(name: str, score: Score, meanings: Mapping[str, str]) -> dg.AssetsDefinition:
    """The tables of one score, made in one step; `meanings` are the descriptions of tables by "schema.name"."""

    @dg.multi_asset(name=name, specs=[spec(f"ml.{table}", score.reads, meanings) for table in score.tables])
    def made(context: dg.AssetExecutionContext, shop: ShopResource) -> Iterator[dg.MaterializeResult]:
        folder = shop.open().folder
        night = night_of(folder.warehouse)
        scored, trained_as_of = scored_with(name, score, shop, night)
        for note in (note for notes in scored.notes.values() for note in notes):
            context.log.warning(note)
        keep_pictures(score, scored.pictures, folder.pictures)
        with shop.tables() as tables:
            keep_tables(tables, name, score, scored, night.as_of_date)
        addresses = [f"ml.{table}" for table in score.tables]
        record_built(context, folder.warehouse, addresses)
        for address, told in tables_metadata(folder.warehouse, addresses).items():
            metadata = told | told_of(scored, address.removeprefix("ml."))
            if trained_as_of:
                metadata["model learned as of"] = dg.MetadataValue.text(str(trained_as_of))
            yield dg.MaterializeResult(address.split("."), metadata=metadata)

    return made


def scored_with(name: str, score: Score, shop: ShopResource, night: Night) -> tuple[Scored, date | None]:
    """What the score makes tonight, and the day as of which its model learned; None when it has none."""

    def frames(inputs: Mapping[str, str]) -> dict[str, pd.DataFrame]:
        with shop.tables(read_only=True) as tables:
            return read_inputs(tables, inputs)

    settings, training = shop.settings, score.training
    if training is None:
        return score.call(frames(score.inputs), settings, None), None
    trained, day = models_in_use(shop, night).model(name, lambda: training.call(frames(training.inputs), settings))
    scored = score.call(frames(score.inputs), settings, trained.model)
    return trained.made.followed_by(scored), None if trained.model is None else day


def models_in_use(shop: ShopResource, night: Night) -> Use:
    """The models of the data directory as tonight may use them."""
    opened, settings = shop.open(), shop.settings
    return Use(
        opened.folder.models,
        night.as_of_date,
        settings.training.every_days,
        settings.keep_days,
        training_recipe(settings, opened.currency, reference_digest(opened.folder.home)),
        partial(landed_by, opened.folder.lake, opened.source_names, opened.time_zone),
    )


def metrics_asset(found: Mapping[str, Score], meanings: Mapping[str, str]) -> dg.AssetsDefinition:
    """The table in which every score has rows; each score writes its own, so that one alone leaves the others' be.

    It is there when all scores are, and then holds the rows of no score that is not.
    """
    of_scores = [f"ml.{table}" for score in found.values() for table in score.tables]
    in_its_place = {"dagster/priority": "1"}  # of what waits for the scores it comes first: the story is told in order

    @dg.multi_asset(name="model_metrics", specs=[spec(METRICS, of_scores, meanings)], op_tags=in_its_place)
    def metrics(context: dg.AssetExecutionContext, shop: ShopResource) -> dg.MaterializeResult:
        warehouse = shop.open().folder.warehouse
        night = night_of(warehouse)
        with shop.tables() as tables:
            forget_metrics_of_others(tables, found, night.as_of_date)
        record_built(context, warehouse, [METRICS])
        return dg.MaterializeResult(METRICS.split("."), metadata=table_metadata(warehouse, METRICS))

    return metrics


def spec(address: str, reads: Iterable[str], meanings: Mapping[str, str]) -> dg.AssetSpec:
    """The asset of a table, described as its yml describes it."""
    return dg.AssetSpec(
        address.split("."),
        deps=[table.split(".") for table in reads],
        group_name=GROUP,
        kinds={"python"},
        description=meanings.get(address),
    )


def night_of(warehouse: Path) -> Night:
    """What the tables of the build describe."""
    with connect(warehouse, read_only=True) as connection:
        return read_night(connection)


def record_built(context: dg.AssetExecutionContext, warehouse: Path, addresses: Iterable[str]) -> None:
    """Note that these tables were built from what has landed."""
    built = {address: [Result(IS_BUILT, "error", True)] for address in addresses}
    with connect(warehouse) as connection:
        record_results(connection, context.run.run_id, "modelling", built)


def told_of(scored: Scored, table: str) -> dict[str, dg.MetadataValue]:
    """What the asset page shows beside the rows: what a reader must know, and the picture."""
    metadata: dict[str, dg.MetadataValue] = {}
    if notes := scored.notes.get(table):
        metadata["notes"] = dg.MetadataValue.md("\n".join(f"- {note}" for note in notes))
    if picture := scored.pictures.get(table):
        metadata["picture"] = dg.MetadataValue.md(f"![{table}](data:image/png;base64,{b64encode(picture).decode()})")
    return metadata
