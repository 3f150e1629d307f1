"""The tables that a forecast is made of, in one fixed order, and who is known at which date. Nothing is fitted here."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

KEYS = ["customer_id", "as_of_date"]
NOT_LEARNED_FROM = (*KEYS, "is_today")
OUTCOMES = ["future_order_days", "future_net_sales"]
TRAITS = ("channel", "cohort")
MOST_ROWS_TO_LEARN_FROM = 60_000


@dataclass(frozen=True)
class Shop:
    """Features and outcomes of many as-of dates, purchase days and traits of customers where they are given."""

    features: pd.DataFrame
    outcomes: pd.DataFrame
    purchase_days: pd.DataFrame | None
    traits: pd.DataFrame | None

    @classmethod
    def of(
        cls,
        features: pd.DataFrame,
        outcomes: pd.DataFrame,
        purchase_days: pd.DataFrame | None,
        traits: pd.DataFrame | None,
    ) -> Self:
        """Sorted, with dates as timestamps and numbers as floats; ValueError when features hold the future."""
        leaks = [name for name in features.columns if name.startswith("future_")]
        if leaks:
            raise ValueError(f"features hold outcomes, which lie in the future: {', '.join(leaks)}")
        return cls(_dated(features), _dated(outcomes), purchase_days, traits)

    @property
    def feature_names(self) -> list[str]:
        """What may be learned from."""
        return [name for name in self.features.columns if name not in NOT_LEARNED_FROM]

    @property
    def newest_date(self) -> pd.Timestamp:
        """The newest date described; outcomes whose windows end later are none."""
        return self.features["as_of_date"].max()

    def today(self) -> pd.DataFrame:
        """Customers to score, with their traits."""
        return self._with_traits(self.features[self.features["is_today"].astype(bool)])

    def customers(self, as_of: pd.Timestamp) -> pd.DataFrame:
        """Customers known at a date, as they were then, with their traits."""
        return self._with_traits(self.features[self.features["as_of_date"] == as_of])

    def window_days(self, default: int) -> int:
        """The longest horizon of the outcomes, which value is measured on."""
        return int(self.outcomes["horizon_days"].max()) if len(self.outcomes) else default

    def dates_over(self, by: pd.Timestamp, days: int) -> list[pd.Timestamp]:
        """Past dates described whose window of `days` days was over by a day, oldest first."""
        known = self.outcomes.loc[self.outcomes["horizon_days"] == days, "as_of_date"].unique()
        dates = pd.DatetimeIndex(known).intersection(pd.DatetimeIndex(self.features["as_of_date"].unique()))
        return [date for date in dates.sort_values() if date + pd.Timedelta(days=days) <= by]

    def with_outcomes(self, dates: list[pd.Timestamp], days: int) -> pd.DataFrame:
        """Customers of some dates with what they did in the `days` days after; ValueError if an outcome is missing."""
        features = self.features[self.features["as_of_date"].isin(dates)]
        followed = self.outcomes.loc[self.outcomes["horizon_days"] == days, [*KEYS, *OUTCOMES]]
        known = features.merge(followed, on=KEYS, how="left", validate="one_to_one")
        missing = int(known["future_net_sales"].isna().sum())
        if missing:
            span = f"{dates[0].date()} to {dates[-1].date()}"
            raise ValueError(f"{missing} customers of {span} have features but no outcome")
        return self._with_traits(known)

    def sample_to_learn_from(self, dates: list[pd.Timestamp], days: int, random_state: int) -> pd.DataFrame:
        """As `with_outcomes`, all rows of an even sample of the customers when there are very many rows."""
        rows = self.with_outcomes(dates, days)
        if len(rows) <= MOST_ROWS_TO_LEARN_FROM:
            return rows
        names = np.sort(rows["customer_id"].unique())
        size = int(len(names) * MOST_ROWS_TO_LEARN_FROM / len(rows))
        kept = np.random.default_rng(random_state).choice(names, size=size, replace=False)
        return rows[rows["customer_id"].isin(kept)].reset_index(drop=True)

    def _with_traits(self, customers: pd.DataFrame) -> pd.DataFrame:
        """With the year of the first purchase as `cohort` and, where traits are given, the `channel`."""
        born = customers["as_of_date"] - pd.to_timedelta(customers["age_days"], unit="D")
        traits = customers.assign(cohort=born.dt.year.astype("str")).reset_index(drop=True)
        if self.traits is None or "channel" not in self.traits.columns:
            return traits
        channels = self.traits[["customer_id", "channel"]]
        return traits.merge(channels, on="customer_id", how="left", validate="many_to_one")


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    """Dates as timestamps, decimals and missing numbers as floats, rows in one order."""
    dated = frame.assign(as_of_date=pd.to_datetime(frame["as_of_date"]))
    numbers = [name for name in frame.columns if name not in (*NOT_LEARNED_FROM, "horizon_days")]
    dated = dated.assign(**{name: pd.to_numeric(dated[name]).astype("float64") for name in numbers})
    order = [name for name in (*KEYS, "horizon_days") if name in dated.columns]
    return dated.sort_values(order, ignore_index=True)
