"""What a score is, how all of them are found, and how what one made is kept. Names no score and knows no Dagster.

Every other module of this folder is a score: it defines `SCORE`, and its own name is the score's name.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from pkgutil import iter_modules
from threading import Lock
from types import ModuleType
from typing import Any, Literal

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from models.drift import Bins
from models.feature_tables import KEY, OF_THE_DATE, feature_names
from models.result_tables import METRIC_TYPES, nothing, typed
from pipelines.settings.model import Settings
from pipelines.warehouse.tables import Tables

METRICS = "ml.model_metrics"
# The tables that all scores share: each has its own rows in them, by `model`. The last three are the registry's.
SHARED = (METRICS, "ml.models", "ml.backtests", "ml.model_drift")

# Inputs that most scores want. Each adds the order in which its model wants them: then no sorted copy has to be made.
FEATURES = "select * from features.customer_features"
TODAY = f"{FEATURES} where is_today"
OUTCOMES = "select customer_id, as_of_date, horizon_days, {} from features.customer_outcomes"  # and what is learned
PURCHASE_DAYS = """
    select customer_id, activity_date as purchase_date from marts.fct_customer_days where purchase_count > 0
"""

# What can be held against a forecast once its horizon is over: customer_id, happened_on, amount.
PURCHASES = """
    select customer_id, activity_date as happened_on, purchase_count as amount
    from marts.fct_customer_days where purchase_count > 0
"""
NET_SALES = """
    select customer_id, activity_date as happened_on, net_amount as amount
    from marts.fct_customer_days where net_amount <> 0
"""

Inputs = Mapping[str, pd.DataFrame]

SAMPLE, BATCH = 50_000, 200_000  # customers: what stands for all, and as many as are scored at a time, some 600 MB
WORKERS = 2  # batches worked on at a time
ENDS = """
    select customer_id from (
        select customer_id, row_number() over (order by customer_id) as place
        from (select distinct customer_id from ({query}) as rows_of_all) as customers
    ) as numbered
    where place % {size} = 0 order by customer_id
"""


@dataclass(frozen=True)
class Forecast:
    """A column of `ml.<table>` that is held against what happened, once the days it looks ahead are over.

    The table has a row per `customer_id` and says its `method`. `horizon` is a number of days, or the column that tells
    it. `happened` selects customer_id, happened_on and amount; of the rows in the horizon the forecast is the `sum` of
    the amounts, or the probability that there is `any` or `none`.
    """

    table: str
    column: str
    horizon: int | str
    happened: str
    foretells: Literal["sum", "any", "none"]

    @property
    def is_probability(self) -> bool:
        """Whether it lies between 0 and 1."""
        return self.foretells != "sum"


@dataclass(frozen=True)
class LearnedFrom:
    """What a model was given to learn from: its first and last date, and how each feature lay at the last.

    `rows` are of customers and as-of dates; `features` are what may be learned from, `bins` those of them that are
    numbers of customers: no season drifts. Of what happened, day by day, `rows` are of that, and there are no features.
    """

    first_as_of: date
    last_as_of: date
    rows: int
    customers: int
    features: tuple[str, ...]
    bins: Mapping[str, Bins]


@dataclass(frozen=True)
class Scored:
    """What a score made of its inputs.

    `tables` are those it declares, `metrics` its rows of `ml.model_metrics` (METRIC_TYPES); pictures (PNG) and notes,
    sentences that a reader must know, go by the name of the table that they are about.
    """

    tables: dict[str, pd.DataFrame]
    metrics: pd.DataFrame = field(default_factory=lambda: nothing(METRIC_TYPES))
    pictures: dict[str, bytes] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)

    def followed_by(self, later: "Scored") -> "Scored":
        """Both, the metrics of this one; a table about which both say something keeps the notes of both."""
        notes = {table: [*self.notes.get(table, []), *told] for table, told in later.notes.items()}
        return Scored(self.tables | later.tables, self.metrics, self.pictures | later.pictures, self.notes | notes)

    def with_notes(self, table: str, notes: list[str]) -> "Scored":
        """The same, with more notes on a table."""
        return self if not notes else replace(self, notes={**self.notes, table: [*self.notes.get(table, []), *notes]})


@dataclass(frozen=True)
class Trained:
    """What a score learned (None: there is too little to learn from), and what it made of it on that day.

    Both serve until learning is due again: the model scores, and the tables are those of the day it was learned.
    """

    model: Any
    made: Scored
    learned_from: LearnedFrom | None = None


@dataclass(frozen=True)
class Training:
    """A select for each input of learning, and the call that learns, as pure as that of a score.

    `rows` is the input whose rows are learned from, `day` its column of dates: as a rule the features of past dates, or
    else what happened, day by day. `headline` is the loss by which models are compared,
    one of the metrics that the champion has for all customers and a baseline too; without one the registry chooses.
    """

    inputs: Mapping[str, str]
    call: Callable[[Inputs, Settings], Trained]
    rows: str = "past"
    day: str = "as_of_date"
    headline: str | None = None


def as_learned(inputs: Inputs, settings: Settings, model: Any) -> Any:
    """The model itself: nothing is to be known of other customers."""
    return model


@dataclass(frozen=True)
class Stream:
    """How a score is made of some customers at a time, so that memory does not grow with their number.

    `of` is the input that has a customer_id, and all rows of a customer come together; the other inputs are the same
    every time. `among` makes, from those of at most SAMPLE customers, what the call is given in place of the model:
    what has to be known of the shop as a whole. So many `batches` of customers come together: every reading looks at
    all rows, which is dear where a customer's are few and narrow. Of tables that are not customers' own the rows of all
    times are `added_up` by a column. `pictures` are of whole tables; None where there is nothing to see.
    """

    of: str
    among: Callable[[Inputs, Settings, Any], Any] = as_learned
    batches: int = 1
    added_up: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, Callable[[pd.DataFrame], bytes | None]] = field(default_factory=dict)


@dataclass(frozen=True)
class Score:
    """A select for each input, the tables of the schema `ml` that it fills, and the call that makes them.

    The call is pure: frames, settings and a model in, frames out. The model is what `training` has learned, tonight or
    on an earlier night, and None without one. `forecasts` are what later nights find out to have been right or not.
    Without a `stream` the call is given all rows at once.
    """

    inputs: Mapping[str, str]
    tables: tuple[str, ...]
    call: Callable[[Inputs, Settings, Any], Scored]
    training: Training | None = None
    forecasts: Sequence[Forecast] = ()
    stream: Stream | None = None

    @property
    def reads(self) -> list[str]:
        """The tables that all inputs are selected from, "schema.name"."""
        queries = [*self.inputs.values(), *(self.training.inputs.values() if self.training else ())]
        queries += [forecast.happened for forecast in self.forecasts]
        named = (re.findall(r"\b(?:from|join)\s+(\w+\.\w+)", query) for query in queries)
        return sorted({table for tables in named for table in tables})


def read_inputs(tables: Tables, inputs: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """The frames that a call is given."""
    return {name: tables.read(query) for name, query in inputs.items()}


@dataclass(frozen=True)
class Asking:
    """A score asked about tonight's customers, with what it has learned; `read` answers a select."""

    score: Score
    read: Callable[[str], pd.DataFrame]
    settings: Settings
    model: Any
    turn: AbstractContextManager[Any] = field(default_factory=Lock)  # to read or to write: the build has one writer

    @cached_property
    def sample(self) -> Inputs:
        """The inputs; where they come some customers at a time, of the first SAMPLE by id, which is an even sample.

        An id is a digest with a secret: its order is none of the customers' own.
        """
        stream = self.score.stream
        frames = {name: self.read(query) for name, query in self._whole.items()}
        if stream is None:
            return frames
        return {**frames, stream.of: self._customers(None, self._ends[0] if self._ends else None)}

    def parts(self) -> Iterator[Scored]:
        """What the score says, of at most BATCH customers at a time."""
        stream = self.score.stream
        if stream is None:
            yield self.score.call(self.sample, self.settings, self.model)
            return
        standard = stream.among(self.sample, self.settings, self.model)
        if not self._ends:
            yield self.score.call(self.sample, self.settings, standard)
            return
        step = max(BATCH // SAMPLE, 1) * stream.batches
        ends = [None, *self._ends[step - 1 :: step], None]
        same = {name: frame for name, frame in self.sample.items() if name != stream.of}

        def of_some(after: str | None, until: str | None) -> Scored | None:
            part = self._customers(after, until)
            return self.score.call({**same, stream.of: part}, self.settings, standard) if len(part) else None

        with ThreadPoolExecutor(WORKERS) as workers:
            at_work: deque[Future[Scored | None]] = deque()
            for after, until in pairwise(ends):
                at_work.append(workers.submit(of_some, after, until))
                if len(at_work) == WORKERS and (scored := at_work.popleft().result()) is not None:
                    yield scored
            yield from (scored for one in at_work if (scored := one.result()) is not None)

    def whole(self) -> Scored:
        """What the score says of all customers, at once."""
        scored, tables = Scored({}), dict[str, list[pd.DataFrame]]()
        for part in self.parts():
            for name, frame in part.tables.items():
                tables.setdefault(name, []).append(frame)
            scored = scored.followed_by(replace(part, tables={}))
        return self.with_sums(replace(scored, tables={name: pd.concat(frames) for name, frames in tables.items()}))

    def with_sums(self, scored: Scored) -> Scored:
        """The same with what is added up, and with pictures of it."""
        if self.score.stream is None:
            return scored
        tables, pictures = {**scored.tables}, {**scored.pictures}
        for name, column in self.score.stream.added_up.items():
            kinds = tables[name].dtypes
            tables[name] = tables[name].groupby(column, as_index=False, sort=False).sum().astype(kinds)
        for name, picture in self.score.stream.pictures.items():
            if (drawn := picture(tables[name])) is not None:
                pictures[name] = drawn
        return replace(scored, tables=tables, pictures=pictures)

    @property
    def _whole(self) -> dict[str, str]:
        of = self.score.stream.of if self.score.stream else None
        return {name: query for name, query in self.score.inputs.items() if name != of}

    @cached_property
    def _ends(self) -> list[str]:
        """The id of every SAMPLEth customer; empty where one sample is all of them."""
        assert self.score.stream is not None
        query = self.score.inputs[self.score.stream.of]
        return [*self.read(ENDS.format(query=query, size=SAMPLE))["customer_id"]]

    def _customers(self, after: str | None, until: str | None) -> pd.DataFrame:
        """The streamed input of the customers whose ids lie above `after` and not above `until`."""
        assert self.score.stream is not None
        ends = [(sign, end.replace("'", "''")) for sign, end in ((">", after), ("<=", until)) if end is not None]
        bounds = [f"customer_id {sign} '{end}'" for sign, end in ends]
        where = f"where {' and '.join(bounds)}" if bounds else ""
        query = self.score.inputs[self.score.stream.of]
        with self.turn:
            return self.read(f"select * from ({query}) as rows_of_all {where} order by customer_id")


def learned_from(training: Training, inputs: Inputs) -> LearnedFrom | None:
    """What the frames of learning hold; None when the rows that are learned from are not among them, or none."""
    past = inputs.get(training.rows)
    if past is None or past.empty or not {"customer_id", training.day} <= {*past.columns}:
        return None
    dates, customers = pd.to_datetime(past[training.day]), past["customer_id"].nunique()
    first, last = dates.min().date(), dates.max().date()
    if training.day not in KEY:
        return LearnedFrom(first, last, len(past), customers, (), {})
    newest = past[(dates == dates.max()).to_numpy()]
    names = tuple(feature_names(past))
    numbers = [name for name in names if is_numeric_dtype(past[name]) and name not in OF_THE_DATE]
    return LearnedFrom(
        first_as_of=first,
        last_as_of=last,
        rows=len(past),
        customers=customers,
        features=names,
        bins={name: Bins.of(as_numbers(newest[name])) for name in numbers},
    )


def as_numbers(column: pd.Series) -> np.ndarray:
    """A column as floats, what is missing as nan."""
    return pd.to_numeric(column).to_numpy(dtype=float, na_value=np.nan)


@cache
def scores() -> dict[str, Score]:
    """All scores by name, in alphabetical order."""
    return find_scores(import_module(__name__.rpartition(".")[0]))


def find_scores(package: ModuleType) -> dict[str, Score]:
    """The scores of a package by name; TypeError when one of its modules is none."""
    names = sorted(module.name for module in iter_modules(package.__path__, f"{package.__name__}."))
    modules = [import_module(name) for name in names if name != __name__]
    for module in modules:
        if not isinstance(getattr(module, "SCORE", None), Score):
            raise TypeError(f"{module.__file__} is no score: it defines no SCORE = Score(inputs, tables, call)")
    return {module.__name__.rpartition(".")[2]: module.SCORE for module in modules}


def keep_tables(tables: Tables, name: str, score: Score, scored: Scored, as_of_date: date) -> None:
    """Write what is left to write of the score's tables (`keep_parts`), and its own rows of `ml.model_metrics`."""
    for table in score.tables:
        if table in scored.tables:
            tables.write(f"ml.{table}", scored.tables[table], as_of_date)
    keep_rows(tables, METRICS, name, typed(scored.metrics, METRIC_TYPES), as_of_date)


def keep_parts(
    open_tables: Callable[[], AbstractContextManager[Tables]], asking: Asking, made: Scored, as_of_date: date
) -> Scored:
    """Write customers' tables as they are made, some customers at a time; what else there is is returned.

    That is what learning `made`, and what is added up. ValueError when a table that the score declares is neither.
    """
    score = asking.score
    added_up = {} if score.stream is None else score.stream.added_up
    rest, sums, written = Scored({}), dict[str, list[pd.DataFrame]](), set[str]()
    for part in asking.parts():
        with asking.turn, open_tables() as tables:
            for table, frame in part.tables.items():
                if table in added_up:
                    sums.setdefault(table, []).append(frame)
                elif table in written:
                    tables.append(f"ml.{table}", frame, as_of_date)
                else:
                    tables.write(f"ml.{table}", frame, as_of_date)
                    written.add(table)
        rest = rest.followed_by(replace(part, tables={}))
    told = asking.with_sums(replace(rest, tables={table: pd.concat(frames) for table, frames in sums.items()}))
    everything = made.followed_by(told)
    if missing := {*score.tables} - written - {*everything.tables}:
        raise ValueError(f"no rows were made for ml.{', ml.'.join(sorted(missing))}, which the score declares")
    return everything


def keep_rows(tables: Tables, address: str, name: str, rows: pd.DataFrame, as_of_date: date) -> None:
    """Write the rows of the score `name` in a table that all scores share."""
    tables.write_rows(address, rows.assign(model=name).astype({"model": "str"}), as_of_date, "model", name)


def forget_rows_of_others(tables: Tables, names: Iterable[str], as_of_date: date) -> None:
    """Remove from the tables that all share the rows of no score among `names`: it has been taken out."""
    for address in (address for address in SHARED if tables.exists(address)):
        none = tables.read(f"select * from {address} limit 0")
        for model in sorted({*tables.read(f"select distinct model from {address}")["model"]} - {*names}):
            tables.write_rows(address, none, as_of_date, "model", model)


def keep_pictures(score: Score, pictures: Mapping[str, bytes], folder: Path) -> None:
    """Write the pictures of tonight's tables over those of the night before."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in score.tables:
        (folder / f"{table}.png").unlink(missing_ok=True)
    for table, picture in pictures.items():
        (folder / f"{table}.png").write_bytes(picture)
