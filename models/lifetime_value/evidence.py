"""The tables that a forecast is made of, in one fixed order, and who is known at which date. Nothing is fitted here."""

from dataclasses import dataclass
from typing import Self

import pandas as pd

from models.feature_tables import (
    KEY,
    customers_of,
    dated,
    dates_over,
    feature_names,
    of_today,
    of_type,
    rows_of_at_most,
)

OUTCOMES = ["future_order_days", "future_net_sales"]
TRAITS = ("channel", "cohort")
MOST_ROWS_TO_LEARN_FROM = 60_000


@dataclass(frozen=True)
class Evidence:
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
        feature_names(features)
        customers = customers_of(features, outcomes, purchase_days, traits)
        return cls(
            _read(of_type(customers, features)),
            _read(of_type(customers, outcomes)),
            None if purchase_days is None else of_type(customers, purchase_days),
            None if traits is None else of_type(customers, traits),
        )

    @property
    def feature_names(self) -> list[str]:
        """What may be learned from."""
        return feature_names(self.features)

    @property
    def newest_date(self) -> pd.Timestamp:
        """The newest date described; outcomes whose windows end later are none."""
        return self.features["as_of_date"].max()

    def today(self) -> pd.DataFrame:
        """Customers to score, with their traits."""
        return with_traits(of_today(self.features), self.traits)

    def customers(self, as_of: pd.Timestamp) -> pd.DataFrame:
        """Customers known at a date, as they were then, with their traits."""
        return with_traits(self.features[self.features["as_of_date"] == as_of], self.traits)

    def window_days(self, default: int) -> int:
        """The longest horizon of the outcomes, which value is measured on."""
        return int(self.outcomes["horizon_days"].max()) if len(self.outcomes) else default

    def dates_over(self, by: pd.Timestamp, days: int) -> list[pd.Timestamp]:
        """Past dates described whose window of `days` days was over by a day, oldest first."""
        known = self.outcomes.loc[self.outcomes["horizon_days"] == days, "as_of_date"].unique()
        dates = pd.DatetimeIndex(known).intersection(pd.DatetimeIndex(self.features["as_of_date"].unique()))
        return list(dates_over(dates, days, by))

    def with_outcomes(self, dates: list[pd.Timestamp], days: int) -> pd.DataFrame:
        """Customers of some dates with what they did in the `days` days after; ValueError if an outcome is missing."""
        features = self.features[self.features["as_of_date"].isin(dates)]
        followed = self.outcomes.loc[self.outcomes["horizon_days"] == days, [*KEY, *OUTCOMES]]
        known = features.merge(followed, on=KEY, how="left", validate="one_to_one")
        missing = int(known["future_net_sales"].isna().sum())
        if missing:
            span = f"{dates[0].date()} to {dates[-1].date()}"
            raise ValueError(f"{missing} customers of {span} have features but no outcome")
        return with_traits(known, self.traits)

    def sample_to_learn_from(self, dates: list[pd.Timestamp], days: int, random_state: int) -> pd.DataFrame:
        """As `with_outcomes`, all rows of an even sample of the customers when there are very many rows."""
        rows = self.with_outcomes(dates, days)
        if len(rows) <= MOST_ROWS_TO_LEARN_FROM:
            return rows
        most = int(rows["customer_id"].nunique() * MOST_ROWS_TO_LEARN_FROM / len(rows))
        return rows_of_at_most(rows, most, random_state).reset_index(drop=True)


def customers_to_score(features: pd.DataFrame, traits: pd.DataFrame | None) -> pd.DataFrame:
    """Today's customers among the features, as `Evidence.today` has them: no past is needed to score them."""
    today = of_today(features)
    customers = customers_of(today, traits)
    return with_traits(_read(of_type(customers, today)), None if traits is None else of_type(customers, traits))


def with_traits(customers: pd.DataFrame, traits: pd.DataFrame | None) -> pd.DataFrame:
    """With the year of the first purchase as `cohort` and, where traits are given, the `channel`."""
    born = customers["as_of_date"] - pd.to_timedelta(customers["age_days"], unit="D")
    year = born.dt.year
    cohort = year.map({number: str(number) for number in year.unique()}).astype("str")
    described = customers.assign(cohort=cohort).reset_index(drop=True)
    if traits is None or "channel" not in traits.columns:
        return described
    return described.merge(traits[["customer_id", "channel"]], on="customer_id", how="left", validate="many_to_one")


def _read(frame: pd.DataFrame) -> pd.DataFrame:
    """Dates as timestamps, decimals as floats, rows in one order."""
    decimals = [name for name in frame.columns if frame[name].dtype == object and name not in KEY]
    order = [name for name in (*KEY, "horizon_days") if name in frame.columns]
    return dated(frame.astype(dict.fromkeys(decimals, "float64")), order)
