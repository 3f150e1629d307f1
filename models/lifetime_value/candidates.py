"""The rivals, fitted on what is known at one date and asked about its customers or later ones. Who wins, others say."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from models.boosted_trees import GRADIENT_BOOSTING
from models.feature_tables import date_of, finite_numbers, rank_within_dates
from models.lifetime_value.beta_geo import BetaGeoModel
from models.lifetime_value.crowd import Crowd
from models.lifetime_value.evidence import Evidence
from models.lifetime_value.histories import TooLittleToFit
from models.lifetime_value.pareto_nbd import ParetoNBDModel
from models.lifetime_value.purchase_model import PurchaseModel
from models.lifetime_value.rules import LEAST_REPEATS_FOR_A_RATE, OWN_RATE, YEAR_DAYS, amounts, names
from models.lifetime_value.season import Outlook, Season, daily_purchases
from models.lifetime_value.spend_boosting import SpendBoosting
from models.lifetime_value.value_model import ValueModel
from models.log_odds import halfway
from models.refusal import LEAST_REPEAT_BUYERS

BG_NBD, PARETO_NBD = "bg_nbd_gamma_gamma", "pareto_nbd_gamma_gamma"
TREES, RATE = 40, 0.12  # as good as 60 at 0.08 in two thirds of the time: a night learns a dozen of them
SURE = 1e-4  # nobody's chance is taken as nearer to 0 or 1
PURCHASE_MODELS: dict[str, Callable[[], PurchaseModel]] = {BG_NBD: BetaGeoModel, PARETO_NBD: ParetoNBDModel}


@dataclass(frozen=True)
class Candidates:
    """All candidates fitted at one date; `notes` say what could not be fitted and how loosely others were.

    `boosting` learned windows of the lengths that it is named by, in days.
    """

    processes: dict[str, ValueModel]
    boosting: dict[str, SpendBoosting]
    names: list[str]
    outlook: Outlook
    notes: list[str]

    @property
    def leading(self) -> ValueModel | None:
        """The process that says how many orders come, and how much money all customers spend together."""
        return next(iter(self.processes.values()), None)

    def believing_the_season(self, belief: float) -> "Candidates":
        """The same with a share of the season's moves (`Season.believed`)."""
        return replace(self, outlook=replace(self.outlook, season=self.outlook.season.believed(belief)))

    def crowd(self, customers: pd.DataFrame) -> Crowd:
        """These customers as those that others are seen among."""
        return Crowd(customers, self.names)

    def orders(self, customers: pd.DataFrame, horizons: list[int], crowd: Crowd | None = None) -> pd.DataFrame | None:
        """The leading process's forecast, or where none could be fitted the customers' own rates in its columns.

        None when there are not enough repeat purchases to know a rate by.
        """
        outlook = self.outlook.seen_from(date_of(customers))
        if self.leading:
            return self.leading.forecast(customers, horizons, outlook)
        crowd = crowd or self.crowd(customers)
        if not self.know_a_rate(crowd):
            return None
        rates = crowd.rates
        value = rates.order_value(customers)
        columns = {"probability_alive": np.nan, "expected_order_value": value}
        for days in horizons:
            pace, worth = outlook.over(days)
            orders = rates.orders(customers, days, crowd.customers) * pace
            columns[f"flat_orders_{days}"] = orders / pace
            columns[f"expected_orders_{days}"] = orders
            columns[f"probability_no_purchase_{days}"] = rates.no_purchase(customers, days) ** pace
            columns[f"predicted_value_{days}"] = orders * value * worth
        return pd.DataFrame(columns, index=customers.index)

    def know_a_rate(self, crowd: Crowd) -> bool:
        """Whether `orders` says anything of these customers."""
        return self.leading is not None or crowd.rates.repeats >= LEAST_REPEATS_FOR_A_RATE

    def names_for(self, learned_days: int, age_days: float) -> list[str]:
        """Those that `amounts` has for a shop of this age, the leading one first."""
        boosting = [GRADIENT_BOOSTING] if str(learned_days) in self.boosting else []
        return [*(self.processes or [OWN_RATE]), *boosting, *names(age_days)]

    def foretold(
        self,
        customers: pd.DataFrame,
        days: int,
        orders: pd.DataFrame,
        boosted: "Boosted | None",
        by_others: pd.DataFrame,
    ) -> "Foretold":
        """All that is said of the next `days` days: `orders`, what the boosting says, and `by_others` put together.

        The boosting foretells the window that it learned. Only who spends how much of the total is asked of it and of
        the rules: how much that is, `orders` says.
        """
        amounts = pd.concat([self._by_processes(customers, days, orders), by_others], axis=1)
        return Foretold(days, orders, amounts, None if boosted is None else boosted.chance)

    def _by_processes(self, customers: pd.DataFrame, days: int, orders: pd.DataFrame) -> pd.DataFrame:
        """Money by those that a season moves; no interest is in it."""
        outlook = replace(self.outlook, discount_rate=0.0).seen_from(date_of(customers))
        leading, *others = self.processes or [OWN_RATE]
        found = {leading: orders[f"expected_orders_{days}"] * orders["expected_order_value"]}
        for name in others:
            found[name] = self.processes[name].forecast(customers, [days], outlook)[f"predicted_value_{days}"]
        return pd.DataFrame(found, index=customers.index)

    def by_others(self, customers: pd.DataFrame, days: int, boosted: "Boosted | None", crowd: Crowd) -> pd.DataFrame:
        """Money of the next `days` days by the boosting and the rules, shape (n, candidates)."""
        found = {} if boosted is None else {GRADIENT_BOOSTING: boosted.chance * boosted.amount}
        return pd.DataFrame({**found, **amounts(customers, days, crowd.age_days)}, index=customers.index)

    def boosted(self, customers: pd.DataFrame, lengths: list[int], crowd: Crowd) -> "dict[int, Boosted]":
        """What the boosting foretells of windows of these lengths, so far as it learned any.

        The crowd gives ranks and base amounts.
        """
        known = [days for days in sorted({*lengths}) if str(days) in self.boosting]
        if not known:
            return {}
        numbers = finite_numbers(customers, self.names)
        ranked = numbers.copy(order="F")
        crowd.ranks.write(ranked)
        X, told = np.hstack([numbers, ranked]), {}
        for days in known:
            boosting, base = self.boosting[str(days)], base_amounts(customers, days, crowd.customers)
            told[days] = Boosted(boosting.predict_chance(X), boosting.predict_amount(X, base))
        return told


@dataclass(frozen=True)
class Boosted:
    """What the boosting foretells of a window: the chance of spending anything, and how much if so; shapes (n,)."""

    chance: np.ndarray
    amount: np.ndarray


@dataclass(frozen=True)
class Foretold:
    """What candidates say of customers over `days` days, before it is blended and brought to one level.

    `orders` are those of `Candidates.orders`, `amounts` money by candidate, shape (n, candidates), `chance` what the
    boosting says of any purchase, shape (n,), where it learned.
    """

    days: int
    orders: pd.DataFrame
    amounts: pd.DataFrame
    chance: np.ndarray | None

    @property
    def by_process(self) -> np.ndarray:
        """Chance of no purchase by the process, shape (n,)."""
        return self.orders[f"probability_no_purchase_{self.days}"].to_numpy(dtype=float)

    @cached_property
    def log_odds_of_none(self) -> np.ndarray:
        """Of no purchase, shape (n,): the mean of the process's and the boosting's, whose level is its own windows'."""
        return halfway(self.by_process, self.by_process if self.chance is None else 1.0 - self.chance, SURE)


def fit_candidates(
    evidence: Evidence,
    customers: pd.DataFrame,
    learned_days: list[int],
    *,
    with_season: bool = True,
    discount_rate: float = 0.0,
    random_state: int = 0,
) -> Candidates:
    """Fit every candidate to what is known at the customers' date; what cannot be is left out, and `notes` say why."""
    as_of, notes = date_of(customers), []
    processes = {}
    for name, model in PURCHASE_MODELS.items():
        try:
            processes[name] = _process(customers, model)
        except TooLittleToFit as too_little:
            notes.append(f"{name} could not be fitted at {as_of.date()}: {too_little}.")
            break
        notes += processes[name].notes
    season = Season.flat(as_of)
    if with_season and evidence.purchases_a_day is not None:
        season = Season.of_last_year(as_of, daily_purchases(evidence.purchases_a_day, as_of))
    boosting = {}
    for days in sorted({*learned_days}):
        learned, reason = _boosting(evidence, as_of, days, random_state)
        if learned:
            boosting[str(days)] = learned
        notes += [reason] if reason else []
    return Candidates(processes, boosting, evidence.feature_names, Outlook(season, discount_rate), notes)


def learning_inputs(customers: pd.DataFrame, names: list[str]) -> np.ndarray:
    """What the boosting learns from: each feature as it is and as a rank within its date, shape (n, 2 names).

    A rank means the same in high and low season, an amount the same in a small and a large customer base; either alone
    did worse on some shop's past.
    """
    numbers = finite_numbers(customers, names)
    ranks = numbers.copy(order="F")
    rank_within_dates(ranks, customers["as_of_date"])
    return np.hstack([numbers, ranks])


def base_amounts(customers: pd.DataFrame, days: int, among: pd.DataFrame | None = None) -> np.ndarray:
    """What the boosting's amounts are relative to, shape (n,).

    The last year's spend at its pace, and half the mean purchase day of the shop at the date, so that nobody's is 0.
    All the shop's customers are `among`, unless it is left out, where `customers` are.
    """
    everybody = customers if among is None else among
    summed = pd.DataFrame(
        {"sales": everybody["net_sales"].clip(lower=0.0), "purchases": everybody["frequency"] + 1.0}
    ).groupby(everybody["as_of_date"])
    mean_value = summed["sales"].sum() / summed["purchases"].sum()
    pace = customers["net_sales_365d"].clip(lower=0.0) * days / YEAR_DAYS
    return (pace + customers["as_of_date"].map(mean_value).clip(lower=0.01) / 2).to_numpy()


def _process(customers: pd.DataFrame, model: Callable[[], PurchaseModel]) -> ValueModel:
    repeat_buyers = int((customers["frequency"] > 0).sum())
    if repeat_buyers < LEAST_REPEAT_BUYERS:
        raise TooLittleToFit(f"{repeat_buyers} repeat buyers are fewer than {LEAST_REPEAT_BUYERS}")
    return ValueModel.of(customers, model)


def _boosting(
    evidence: Evidence, as_of: pd.Timestamp, days: int, random_state: int
) -> tuple[SpendBoosting | None, str | None]:
    """Learned from the windows of so many days that were over at the date; or None and why."""
    dates = evidence.dates_over(as_of, days)
    if not dates:
        return None, None
    rows = evidence.sample_to_learn_from(dates, days, random_state)
    X, base = learning_inputs(rows, evidence.feature_names), base_amounts(rows, days)
    try:
        return SpendBoosting(max_iter=TREES, learning_rate=RATE, random_state=random_state).fit(
            X, rows["future_net_sales"].clip(lower=0.0), base
        ), None
    except ValueError as too_little:
        return None, f"Gradient boosting of {days} days was not fitted at {as_of.date()}: {too_little}."
