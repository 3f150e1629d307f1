"""The tables that a forecast is made of, in one fixed order, and who is known at which date. Nothing is fitted here."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import pandas as pd

from models.feature_tables import (
    KEY,
    OF_THE_DATE,
    TOLD_APART_BY,
    customers_of,
    dated,
    dates_over,
    feature_names,
    of_type,
    places_of_at_most,
)
from models.lifetime_value.histories import HISTORY, SPEND
from models.lifetime_value.season import purchases_a_day

# what has to be known of today's customers to fit their histories
FITTED = (*KEY, *sorted({*HISTORY, *SPEND, "net_sales"}))
OUTCOMES = ["future_order_days", "future_net_sales"]
MOST_ROWS_TO_LEARN_FROM = 12_000


@dataclass(frozen=True)
class Evidence:
    """Features at past dates and what followed, customers as they are today, and purchase days where they are given.

    Of today only what a fit of histories reads has to be known.
    """

    past: pd.DataFrame
    present: pd.DataFrame
    outcomes: pd.DataFrame
    purchase_days: pd.DataFrame | None

    @classmethod
    def of(
        cls, past: pd.DataFrame, present: pd.DataFrame, outcomes: pd.DataFrame, purchase_days: pd.DataFrame | None
    ) -> Self:
        """Sorted, with dates as timestamps and numbers as floats; ValueError when features hold the future."""
        feature_names(past)
        customers = customers_of(past, present, outcomes, purchase_days)
        return cls(
            _read(of_type(customers, past)),
            _read(of_type(customers, present)),
            _read(of_type(customers, outcomes)),
            None if purchase_days is None else of_type(customers, purchase_days),
        )

    @property
    def feature_names(self) -> list[str]:
        """What may be learned from."""
        return [name for name in feature_names(self.past) if name not in OF_THE_DATE]

    @cached_property
    def purchases_a_day(self) -> pd.Series | None:
        """As season.purchases_a_day."""
        return purchases_a_day(self.purchase_days)

    @property
    def newest_date(self) -> pd.Timestamp:
        """The newest date described; outcomes whose windows end later are none."""
        return pd.concat([self.past["as_of_date"], self.present["as_of_date"]]).max()

    def today(self) -> pd.DataFrame:
        """Customers to score."""
        return self.present

    def customers(self, as_of: pd.Timestamp) -> pd.DataFrame:
        """Customers known at a past date, as they were then."""
        return self.past[self.past["as_of_date"] == as_of].reset_index(drop=True)

    @property
    def lengths(self) -> list[int]:
        """The horizons of the outcomes in days, shortest first."""
        return sorted(int(days) for days in self.outcomes["horizon_days"].unique())

    def dates_over(self, by: pd.Timestamp, days: int) -> list[pd.Timestamp]:
        """Past dates described whose window of `days` days was over by a day, oldest first."""
        known = self.outcomes.loc[self.outcomes["horizon_days"] == days, "as_of_date"].unique()
        dates = pd.DatetimeIndex(known).intersection(pd.DatetimeIndex(self.past["as_of_date"].unique()))
        return list(dates_over(dates, days, by))

    def with_outcomes(self, dates: list[pd.Timestamp], days: int) -> pd.DataFrame:
        """Customers of some dates with what they did in the `days` days after; ValueError if an outcome is missing."""
        return self._followed(self.past[self.past["as_of_date"].isin(dates)], days)

    def sample_to_learn_from(self, dates: list[pd.Timestamp], days: int, random_state: int) -> pd.DataFrame:
        """As `with_outcomes`, an even sample of the rows when there are very many (`places_of_at_most`)."""
        places = np.flatnonzero(self.past["as_of_date"].isin(dates))
        known = self.past[[name for name in TOLD_APART_BY if name in self.past]].iloc[places]
        places = places[places_of_at_most(known, MOST_ROWS_TO_LEARN_FROM, random_state)]
        return self._followed(self.past.iloc[places], days)

    def _followed(self, features: pd.DataFrame, days: int) -> pd.DataFrame:
        followed = self.outcomes.loc[self.outcomes["horizon_days"] == days, [*KEY, *OUTCOMES]]
        known = features.merge(followed, on=KEY, how="left", validate="one_to_one")
        missing = known.loc[known["future_net_sales"].isna(), "as_of_date"]
        if len(missing):
            span = f"{missing.min().date()} to {missing.max().date()}"
            raise ValueError(f"{len(missing)} customers of {span} have features but no outcome")
        return known


def customers_to_score(today: pd.DataFrame) -> pd.DataFrame:
    """Today's customers as `Evidence.today` has them: no past is needed to score them."""
    return _read(today, ["customer_id"])


def _read(frame: pd.DataFrame, order: Sequence[str] = (*KEY, "horizon_days")) -> pd.DataFrame:
    """Dates as timestamps, decimals as floats, rows in one order."""
    decimals = [name for name in frame.columns if frame[name].dtype == object and name not in KEY]
    known = [name for name in order if name in frame.columns]
    return dated(frame.astype(dict.fromkeys(decimals, "float64")), known)
