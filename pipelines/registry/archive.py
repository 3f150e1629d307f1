"""Scores as they were published on some nights, and what came of them: `scores/<score>/<day>.parquet`.

Kept are nights on which a model was learned, and besides at most one a week. A file has a row per customer (of more
than MOST_CUSTOMERS the first by id, which is an even sample, as an id is a digest): the pseudonymous id, the method,
each forecast and how many days it looks ahead, and the day of the model. A night that is built again for a past day
leaves no file and changes none: what it would have published is not what was published.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from models.backtest import Happenings, measured
from models.result_tables import typed
from pipelines.modelling.scoring import Forecast

EVERY_DAYS = 7
MOST_CUSTOMERS = 50_000
KEPT_DAYS = 182  # after the longest horizon is over: half a year of backtests of it
DAYS_AHEAD = "{}__days"  # the column beside a forecast that says how far it looks
BACKTEST_TYPES = {
    "forecast": "str",
    "scored_as_of": "datetime64[us]",
    "trained_as_of": "datetime64[us]",
    "horizon_days": "int64",
    "method": "str",
    "metric": "str",
    "value": "float64",
    "customer_count": "int64",
}
TODAY = "select customer_id from features.customer_features where is_today order by customer_id"
EPOCH = pd.Timestamp(0)

Read = Callable[[str], pd.DataFrame]


@dataclass(frozen=True)
class Archive:
    """The kept scores of one score; `folder` is that of all of them."""

    folder: Path
    score: str
    forecasts: Sequence[Forecast]

    def keep(self, read: Read, as_of: date, trained_as_of: date | None) -> Path | None:
        """Keep what `read` finds published as of a day, when it is one to keep; the file, or None."""
        earlier = [day for day in self.days() if day != as_of]
        is_past = any(day > as_of for day in earlier)
        is_recent = any((as_of - day).days < EVERY_DAYS for day in earlier)
        is_wanted = not is_recent or trained_as_of == as_of or self._file(as_of).exists()
        if not self.forecasts or is_past or not is_wanted:
            return None
        frame = self._published(read)
        if frame.empty:
            return None
        model_day = pd.Timestamp(trained_as_of) if trained_as_of else pd.NaT
        frame["trained_as_of"] = pd.Series(model_day, frame.index, dtype="datetime64[us]")
        file = self._file(as_of)
        file.parent.mkdir(parents=True, exist_ok=True)
        written = file.with_suffix(".new")
        frame.to_parquet(written, index=False, compression="zstd")
        written.replace(file)
        self._prune(as_of)
        return file

    def days(self) -> list[date]:
        """The nights that are kept, oldest first."""
        found = []
        for path in sorted((self.folder / self.score).glob("*.parquet")):
            try:
                found.append(date.fromisoformat(path.stem))
            except ValueError:  # somebody else's file
                continue
        return found

    def backtests(self, read: Read, as_of: date) -> pd.DataFrame:
        """What came of every forecast whose horizon is over by a day, BACKTEST_TYPES; `read` asks tonight's tables.

        Customers are those of tonight: who was put together with another since is not asked of. What happened is as
        it is known tonight.
        """
        nights = [day for day in self.days() if day < as_of]
        rows = list(self._rows(read, as_of, nights)) if nights and self.forecasts else []
        return typed(pd.DataFrame(rows, columns=list(BACKTEST_TYPES)), BACKTEST_TYPES)

    def _rows(self, read: Read, as_of: date, nights: list[date]) -> Iterator[dict[str, Any]]:
        customers = pd.Index(read(TODAY)["customer_id"], dtype=object)  # found three times as fast as Arrow's texts
        known: dict[str, Happenings] = {}
        for night in nights:
            frame = self._read(night)
            if frame is None or frame.empty:
                continue
            place = customers.get_indexer(pd.Index(frame["customer_id"], dtype=object))
            frame, place = frame[place >= 0], place[place >= 0]
            for forecast in self.forecasts:
                if not {forecast.column, DAYS_AHEAD.format(forecast.column)} <= {*frame.columns}:
                    continue  # it was not foretold then
                if forecast.happened not in known:
                    known[forecast.happened] = _happenings(read, forecast.happened, customers, nights[0], as_of)
                yield from _of_forecast(forecast, frame, place, known[forecast.happened], night, as_of)

    def _published(self, read: Read) -> pd.DataFrame:
        frame: pd.DataFrame | None = None
        for table in dict.fromkeys(forecast.table for forecast in self.forecasts):
            columns = "".join(
                f', {one.column}, cast({one.horizon} as bigint) as "{DAYS_AHEAD.format(one.column)}"'
                for one in self.forecasts
                if one.table == table
            )
            told = f"select customer_id, method{columns} from ml.{table}"
            more = read(f"{told} order by customer_id limit {MOST_CUSTOMERS}")
            keys = ["customer_id", "method"]
            frame = more if frame is None else frame.merge(more, on=keys, how="outer", validate="one_to_one")
        assert frame is not None  # there are forecasts
        return frame.sort_values("customer_id", ignore_index=True).head(MOST_CUSTOMERS)

    def _read(self, night: date) -> pd.DataFrame | None:
        try:
            return pd.read_parquet(self._file(night))
        except (OSError, ValueError):  # damaged: there is nothing to hold against what came
            return None

    def _prune(self, as_of: date) -> None:
        for day in self.days():
            if (as_of - day).days <= KEPT_DAYS:
                continue
            frame = self._read(day)
            longest = 0
            if frame is not None and len(frame):
                ahead = [column for column in frame.columns if column.endswith(DAYS_AHEAD.format(""))]
                longest = int(frame[ahead].max().max())
            if day + timedelta(days=longest + KEPT_DAYS) < as_of:
                self._file(day).unlink()

    def _file(self, day: date) -> Path:
        return self.folder / self.score / f"{day}.parquet"


def _of_forecast(
    forecast: Forecast, frame: pd.DataFrame, place: np.ndarray, happened: Happenings, night: date, as_of: date
) -> Iterator[dict[str, Any]]:
    ahead = DAYS_AHEAD.format(forecast.column)
    is_told = frame[forecast.column].notna().to_numpy()
    told, places = frame[is_told].reset_index(drop=True), place[is_told]
    for key, group in told.groupby([ahead, "method"], sort=True, dropna=False):
        (days, method), rows = cast("tuple[int, str]", key), group.index.to_numpy()
        if night + timedelta(days=int(days)) > as_of:
            continue
        until = _day(night) + int(days)
        truth = _outcome(forecast, happened, places[rows], _day(night), until)
        values = told[forecast.column].to_numpy(dtype=float)[rows]
        for metric, value in measured(values, truth, forecast.is_probability).items():
            yield {
                "forecast": forecast.column,
                "scored_as_of": pd.Timestamp(night),
                "trained_as_of": told["trained_as_of"].iloc[0],
                "horizon_days": int(days),
                "method": method,
                "metric": metric,
                "value": value,
                "customer_count": len(rows),
            }


def _outcome(forecast: Forecast, happened: Happenings, places: np.ndarray, after: int, until: int) -> np.ndarray:
    if forecast.foretells == "sum":
        return happened.added(places, after, until)
    is_any = happened.counted(places, after, until) > 0
    return (is_any if forecast.foretells == "any" else ~is_any).astype(float)


def _happenings(read: Read, happened: str, customers: pd.Index, after: date, until: date) -> Happenings:
    window = f"happened_on > cast('{after}' as date) and happened_on <= cast('{until}' as date)"
    rows = read(
        "select customer_id, happened_on, cast(amount as double) as amount"
        f" from ({happened}) as happened where {window}"
    )
    place = customers.get_indexer(pd.Index(rows["customer_id"], dtype=object))
    days = (pd.to_datetime(rows["happened_on"]) - EPOCH).dt.days.to_numpy()
    is_known = place >= 0
    return Happenings.of(place[is_known], days[is_known], rows["amount"].to_numpy(dtype=float)[is_known])


def _day(day: date) -> int:
    return (pd.Timestamp(day) - EPOCH).days
