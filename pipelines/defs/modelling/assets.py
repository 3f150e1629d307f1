"""From features to scores: an asset per table of each score that is found. What a score is stands in modelling/."""

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import dagster as dg
import pandas as pd

from pipelines.defs.metadata import tables_metadata
from pipelines.defs.resources import ShopResource
from pipelines.modelling.scoring import (
    SHARED,
    Asking,
    Inputs,
    Score,
    Scored,
    Trained,
    forget_rows_of_others,
    keep_parts,
    keep_pictures,
    keep_rows,
    keep_tables,
    learned_from,
    read_inputs,
    scores,
)
from pipelines.night.shop import Night, read_night
from pipelines.registry.archive import Archive
from pipelines.registry.tables import BACKTESTS, DRIFTS, MODELS, models_table
from pipelines.registry.use import Use
from pipelines.settings.model import Settings
from pipelines.tables import declared_tables
from pipelines.warehouse.build import connect
from pipelines.warehouse.trust import IS_BUILT, Result, record_results

GROUP = "modelling"


@dataclass(frozen=True)
class ScoredTonight:
    """What a score made, its rows in the tables of the registry, and the day of the model; None when it has none."""

    scored: Scored
    rows: Mapping[str, pd.DataFrame]
    trained_as_of: date | None
    told: list[str] = field(default_factory=list)


@dg.definitions
def modelling() -> dg.Definitions:
    """The assets of every score, and the tables that they share."""
    meanings = {address: table.meaning for address, table in declared_tables().items()}
    return dg.Definitions(
        assets=[
            *(score_assets(name, score, meanings) for name, score in scores().items()),
            shared_assets(scores(), meanings),
        ]
    )


def score_assets(name: str, score: Score, meanings: Mapping[str, str]) -> dg.AssetsDefinition:
    """The tables of one score, made in one step; `meanings` are the descriptions of tables by "schema.name"."""

    @dg.multi_asset(name=name, specs=[spec(f"ml.{table}", score.reads, meanings) for table in score.tables])
    def made(context: dg.AssetExecutionContext, shop: ShopResource) -> Iterator[dg.MaterializeResult]:
        folder = shop.open().folder
        night = night_of(folder.warehouse)
        tonight = scored_with(name, score, shop, night)
        scored = tonight.scored.with_notes(score.tables[0], tonight.told)
        for note in (note for notes in scored.notes.values() for note in notes):
            context.log.warning(note)
        keep_pictures(score, scored.pictures, folder.pictures)
        with shop.tables() as tables:
            keep_tables(tables, name, score, scored, night.as_of_date)
            for address, rows in tonight.rows.items():
                keep_rows(tables, address, name, rows, night.as_of_date)
        addresses = [f"ml.{table}" for table in score.tables]
        record_built(context, folder.warehouse, addresses)
        for address, told in tables_metadata(folder.warehouse, addresses).items():
            metadata = told | told_of(scored, address.removeprefix("ml."))
            if tonight.trained_as_of:
                metadata["model learned as of"] = dg.MetadataValue.text(str(tonight.trained_as_of))
            yield dg.MaterializeResult(address.split("."), metadata=metadata)

    return made


def scored_with(name: str, score: Score, shop: ShopResource, night: Night) -> ScoredTonight:
    """What the score makes tonight, with a model that is learned first where that is due."""

    def frames(inputs: Mapping[str, str]) -> dict[str, pd.DataFrame]:
        with shop.tables(read_only=True) as tables:
            return read_inputs(tables, inputs)

    def read(query: str) -> pd.DataFrame:
        with shop.tables(read_only=True) as tables:
            return tables.read(query)

    opened, settings, training = shop.open(), shop.settings, score.training
    use = Use.of(opened, settings, night.as_of_date)
    trained, day = Trained(None, Scored({})), night.as_of_date
    if training is not None:
        trained, day = use.model(name, lambda: learned(score, frames, settings), training.headline)
    model_day = None if trained.model is None else day
    backtests = Archive(opened.folder.scores, name, score.forecasts).backtests(read, night.as_of_date)
    asking = Asking(score, read, settings, trained.model)
    drift = use.look_for_drift(name, use.card(name, day) if model_day else None, asking.sample, backtests)
    scored = keep_parts(shop.tables, asking, trained.made, night.as_of_date)
    models = models_table(use.standings(name), model_day)
    return ScoredTonight(scored, {MODELS: models, BACKTESTS: backtests, DRIFTS: drift}, model_day, use.told)


def learned(score: Score, frames: Callable[[Mapping[str, str]], Inputs], settings: Settings) -> Trained:
    """What the score learns tonight, and what from; the frames of learning are let go."""
    assert score.training is not None
    inputs = frames(score.training.inputs)
    return replace(score.training.call(inputs, settings), learned_from=learned_from(score.training, inputs))


def shared_assets(found: Mapping[str, Score], meanings: Mapping[str, str]) -> dg.AssetsDefinition:
    """The tables in which every score has rows; each score writes its own, so that one alone leaves the others' be.

    They are there when all scores are, and then hold the rows of no score that is not.
    """
    of_scores = [f"ml.{table}" for score in found.values() for table in score.tables]
    in_its_place = {"dagster/priority": "1"}  # of what waits for the scores it comes first: the story is told in order

    @dg.multi_asset(
        name="shared_by_scores",
        specs=[spec(address, of_scores, meanings) for address in SHARED],
        op_tags=in_its_place,
    )
    def shared(context: dg.AssetExecutionContext, shop: ShopResource) -> Iterator[dg.MaterializeResult]:
        warehouse = shop.open().folder.warehouse
        night = night_of(warehouse)
        with shop.tables() as tables:
            forget_rows_of_others(tables, found, night.as_of_date)
        record_built(context, warehouse, SHARED)
        for address, metadata in tables_metadata(warehouse, SHARED).items():
            yield dg.MaterializeResult(address.split("."), metadata=metadata)

    return shared


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
