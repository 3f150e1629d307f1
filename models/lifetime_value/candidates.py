"""The rivals, fitted on what is known at one date and asked about its customers or later ones. Who wins, others say."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.boosted_trees import GRADIENT_BOOSTING
from models.feature_tables import date_of, finite_numbers, rank_within_dates
from models.lifetime_value.beta_geo import BetaGeoModel
from models.lifetime_value.evidence import Evidence
from models.lifetime_value.groups import GroupedValueModel
from models.lifetime_value.histories import TooLittleToFit, cells
from models.lifetime_value.pareto_nbd import ParetoNBDModel
from models.lifetime_value.purchase_model import PurchaseModel
from models.lifetime_value.season import YEAR_DAYS, Outlook, Season, daily_expectation, daily_repeats
from models.lifetime_value.spend_boosting import SpendBoosting
from models.lifetime_value.spread import Spread
from models.lifetime_value.value_model import ValueModel
from models.one_thread import on_one_thread
from models.refusal import LEAST_REPEAT_BUYERS, LEAST_WINDOWS_OF_HISTORY, reasons_to_refuse

BG_NBD, PARETO_NBD = "bg_nbd_gamma_gamma", "pareto_nbd_gamma_gamma"
PURCHASE_MODELS: dict[str, Callable[[], PurchaseModel]] = {BG_NBD: BetaGeoModel, PARETO_NBD: ParetoNBDModel}


@dataclass(frozen=True)
class Settings:
    """How candidates are fitted: with which corrections, and from which seed."""

    window_days: int
    with_season: bool = True
    trait: str | None = None
    discount_rate: float = 0.0
    random_state: int = 0


@dataclass(frozen=True)
class Forecast:
    """What one candidate foretells: a frame (columns of ValueModel.forecast) and the spread of the longest horizon."""

    frame: pd.DataFrame
    drawn: Spread | None

    @property
    def spread(self) -> Spread:
        """Of those alone for whom it was asked."""
        assert self.drawn is not None
        return self.drawn


@dataclass(frozen=True)
class Candidates:
    """All candidates fitted at one date; `notes` say what could not be fitted and how loosely others were."""

    processes: dict[str, ValueModel | GroupedValueModel]
    boosting: SpendBoosting | None
    names: list[str]
    outlook: Outlook
    settings: Settings
    notes: list[str]

    @property
    def all_names(self) -> list[str]:
        """Names of the fitted candidates."""
        return [*self.processes, *([GRADIENT_BOOSTING] if self.boosting else [])]

    def forecasts(
        self,
        customers: pd.DataFrame,
        horizons: list[int],
        names: list[str] | None = None,
        spread_of: list[str] | None = None,
    ) -> dict[str, Forecast]:
        """Forecasts of these candidates (all) for each horizon, from the customers' as-of date on.

        That date is the one of the fit or a later one. The spread is that of the longest horizon, of all or of those
        asked for; processes draw one after the other, so those before the last of these draw too.
        """
        outlook = self.outlook.seen_from(date_of(customers))
        wanted, longest = names or self.all_names, max(horizons)
        processes = list(self.processes)
        drawing = {name for at, name in enumerate(processes) if {*processes[at:]} & {*(spread_of or wanted)}}
        random = np.random.default_rng(self.settings.random_state)
        found = {}
        asked = sorted({*horizons, self.settings.window_days})
        for name, model in self.processes.items():
            if name not in wanted and (GRADIENT_BOOSTING not in wanted or model is not self._leading):
                continue
            frame = model.forecast(customers, asked, outlook)
            if name in wanted:
                spread = model.spread(customers, frame, longest, random) if name in drawing else None
                found[name] = Forecast(frame, spread)
            if GRADIENT_BOOSTING in wanted and model is self._leading:
                found[GRADIENT_BOOSTING] = self._boosted(customers, frame, horizons)
        return {name: found[name] for name in wanted}

    @property
    def _leading(self) -> ValueModel | GroupedValueModel:
        return next(iter(self.processes.values()))

    def _boosted(self, customers: pd.DataFrame, process: pd.DataFrame, horizons: list[int]) -> Forecast:
        """The window that was learned, carried to other horizons along each customer's curve of the first process."""
        assert self.boosting is not None
        X, base = learning_inputs(customers, self.names, self.settings.window_days)
        chance, amount = self.boosting.predict_chance(X), self.boosting.predict_amount(X, base)
        flat, value = process[f"flat_orders_{self.settings.window_days}"].to_numpy(), process["expected_order_value"]
        frame = process[["probability_alive", "expected_order_value"]].copy()
        for days in horizons:
            stretch = _over(process[f"expected_orders_{days}"], flat)
            worth = _over(process[f"predicted_value_{days}"], flat * value.to_numpy())
            nothing = (1.0 - chance) ** stretch
            orders = _over(chance * amount * stretch, value)
            frame[f"expected_orders_{days}"] = orders
            frame[f"probability_no_purchase_{days}"] = np.maximum(nothing, 1.0 - np.minimum(orders, 1.0))
            frame[f"predicted_value_{days}"] = chance * amount * worth
        return Forecast(frame, self._boosted_spread(1.0 - nothing, frame[f"predicted_value_{max(horizons)}"]))

    def _boosted_spread(self, chance: np.ndarray, value: pd.Series) -> Spread:
        assert self.boosting is not None
        cell, first = cells(np.round(chance / 0.005))
        return Spread(self.boosting.draws_by_chance(chance[first]), cell, _over(value, chance))


def fit_candidates(evidence: Evidence, customers: pd.DataFrame, settings: Settings) -> Candidates:
    """Fit every candidate to what is known at the customers' date; raises TooLittleToFit when none of them can be."""
    as_of, season = date_of(customers), Season.flat(date_of(customers))
    leading = _process(customers, BG_NBD, settings.trait)
    if settings.with_season and evidence.purchase_days is not None:
        season = season_of(customers, evidence.purchase_days, leading)
    with ThreadPoolExecutor(1) as beside:  # trees want no purchase model but the first
        learned = beside.submit(on_one_thread(_boosting), evidence, as_of, season, settings)
        others = [name for name in PURCHASE_MODELS if name != BG_NBD]
        processes = {BG_NBD: leading, **{name: _process(customers, name, settings.trait) for name in others}}
        boosting, reasons = learned.result()
    notes = [note for model in processes.values() for note in model.notes]
    outlook = Outlook(season, settings.discount_rate)
    return Candidates(processes, boosting, evidence.feature_names, outlook, settings, notes + reasons)


def candidates_or_reasons(
    evidence: Evidence, customers: pd.DataFrame, settings: Settings, least_windows: int = LEAST_WINDOWS_OF_HISTORY
) -> tuple[Candidates | None, list[str]]:
    """As `fit_candidates`; None and the reasons when it is too little.

    A forecast wants a history of three windows; a window on which candidates are only compared, fewer.
    """
    reasons = reasons_to_refuse(customers, settings.window_days, least_windows, LEAST_REPEAT_BUYERS)
    if reasons:
        return None, reasons
    try:
        return fit_candidates(evidence, customers, settings), []
    except TooLittleToFit as too_little:
        return None, [str(too_little)]


def season_of(customers: pd.DataFrame, purchase_days: pd.DataFrame, model: ValueModel | GroupedValueModel) -> Season:
    """The season of the last year before the customers' date, by what a model fitted at that date expects of it."""
    as_of = date_of(customers)
    actual = daily_repeats(customers, purchase_days, as_of, until=0)
    return Season.of_last_year(as_of, actual, daily_expectation(model.purchases, customers, until=0))


def learning_inputs(customers: pd.DataFrame, names: list[str], days: int) -> tuple[np.ndarray, np.ndarray]:
    """What the boosting learns from: each feature as it is and as a rank within its date, and the base amounts.

    A rank means the same in high and low season, an amount the same in a small and a large customer base; either alone
    did worse on some shop's past. The base is the last year's spend at its pace, and half the shop's mean purchase
    day, so that nobody's is 0.
    """
    dates = customers["as_of_date"]
    sales, purchases = customers["net_sales"].clip(lower=0.0), customers["frequency"] + 1.0
    mean_value = sales.groupby(dates).transform("sum") / purchases.groupby(dates).transform("sum")
    pace = customers["net_sales_365d"].clip(lower=0.0) * days / YEAR_DAYS
    X = np.empty((len(customers), 2 * len(names)), order="F")  # filled in place: half a gigabyte of a million
    numbers, ranks = X[:, : len(names)], X[:, len(names) :]
    numbers[:] = finite_numbers(customers, names)
    ranks[:] = numbers
    rank_within_dates(ranks, dates)
    return X, (pace + mean_value.clip(lower=0.01) / 2).to_numpy()


def _process(customers: pd.DataFrame, name: str, trait: str | None) -> ValueModel | GroupedValueModel:
    pooled = ValueModel.of(customers, PURCHASE_MODELS[name])
    return GroupedValueModel.of(customers, trait, pooled) if trait else pooled


def _boosting(
    evidence: Evidence, as_of: pd.Timestamp, season: Season, settings: Settings
) -> tuple[SpendBoosting | None, list[str]]:
    """Learned from the windows that were over at the date, each brought to an average season; or None and why."""
    days = settings.window_days
    dates = evidence.dates_over(as_of, days)
    if not dates:
        return None, [f"Gradient boosting has nothing to learn from at {as_of.date()}: no earlier window was over."]
    rows = evidence.sample_to_learn_from(dates, days, settings.random_state)
    level = rows["as_of_date"].map({date: season.over(date, days) for date in dates})
    X, base = learning_inputs(rows, evidence.feature_names, days)
    try:
        model = SpendBoosting(random_state=settings.random_state)
        return model.fit(X, rows["future_net_sales"].clip(lower=0.0) / level, base), []
    except ValueError as too_little:
        return None, [f"Gradient boosting was not fitted at {as_of.date()}: {too_little}."]


def _over(numerator: pd.Series | np.ndarray, denominator: pd.Series | np.ndarray) -> np.ndarray:
    """One over the other, 0 where there is nothing to divide by."""
    above, below = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)
