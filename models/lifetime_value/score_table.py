"""Forecasts as they are published and measured: one table of scores, rounded. Nothing is fitted or chosen here."""

import numpy as np
import pandas as pd

from models.lifetime_value.candidates import BG_NBD, Candidates, Forecast
from models.lifetime_value.plain_ratio import PLAIN_RATIO, plain_ratio
from models.lifetime_value.study import Study, Window
from models.lifetime_value.trained import TrainedValue
from models.lifetime_value.value_model import histories_of
from models.result_tables import typed

HORIZONS = [30, 90, 365]
HORIZON_DAYS = 365
INTERVAL_LEVEL = 0.8

SCORE_TYPES = {
    "customer_id": "str",
    "as_of_date": "datetime64[us]",
    "horizon_days": "int64",
    "method": "str",
    "probability_alive": "float64",
    "probability_no_purchase": "float64",
    "expected_orders_30d": "float64",
    "expected_orders_90d": "float64",
    "expected_orders": "float64",
    "expected_order_value": "float64",
    "predicted_value_30d": "float64",
    "predicted_value_90d": "float64",
    "predicted_value": "float64",
    "predicted_value_low": "float64",
    "predicted_value_high": "float64",
    "interval_level": "float64",
    "challenger_method": "str",
    "challenger_value": "float64",
}
HISTOGRAM_TYPES = {"frequency": "int64", "actual_customers": "float64", "expected_customers": "float64"}
HISTOGRAM_TOP = 10  # stands for ten repeat purchases and more
HISTOGRAM_DRAWS = 20
MOST_HISTOGRAM_LIVES = 2_000_000  # customers times draws: more would not move a bar


def horizon_columns(forecast: Forecast, days: int, level: float) -> pd.DataFrame:
    """The columns of one horizon as they are published and measured: rounded, with the interval."""
    frame = forecast.frame
    value = frame[f"predicted_value_{days}"].round(2)
    low, high = forecast.spread.interval(level, frame[f"predicted_value_{days}"])
    return pd.DataFrame(
        {
            "probability_no_purchase": frame[f"probability_no_purchase_{days}"].clip(0.0, 1.0).round(6),
            "expected_orders": frame[f"expected_orders_{days}"].round(6),
            "predicted_value": value,
            "low": np.minimum(np.round(np.maximum(low, 0.0), 2), value),
            "high": np.maximum(np.round(high, 2), value),
        }
    )


def level_of(window: Window | None, name: str) -> float:
    """The level of the draws that gave the promised coverage on a window that was over; the promised one without."""
    if window is None or name not in window.forecasts:
        return INTERVAL_LEVEL
    return window.interval_level(name, INTERVAL_LEVEL)


def trained_value(candidates: Candidates, studied: Study) -> TrainedValue:
    """The candidates in the order that the study found; those it could not judge come last."""
    judged = [name for name in studied.ranking if name in candidates.all_names] or [BG_NBD]
    ranking = list(dict.fromkeys([*judged, *candidates.all_names]))
    return TrainedValue(candidates, ranking, level_of(studied.test, ranking[0]))


def scores_of(trained: TrainedValue, customers: pd.DataFrame) -> pd.DataFrame:
    """Scores of customers: the champion with its interval, and the challenger's value."""
    champion, challenger = trained.champion, trained.challenger
    names = [name for name in (champion, challenger) if name]
    forecasts = trained.candidates.forecasts(customers, HORIZONS, names, spread_of=[champion])
    best = forecasts[champion]
    columns = horizon_columns(best, HORIZON_DAYS, trained.interval_level)
    rival = forecasts[challenger].frame[f"predicted_value_{HORIZON_DAYS}"].round(2) if challenger else np.nan
    scores = _keys(customers).assign(
        method=champion,
        probability_alive=best.frame["probability_alive"].clip(0.0, 1.0).round(6),
        expected_order_value=best.frame["expected_order_value"].round(2),
        **{name: columns[name] for name in ("probability_no_purchase", "expected_orders", "predicted_value")},
        predicted_value_low=columns["low"],
        predicted_value_high=columns["high"],
        interval_level=INTERVAL_LEVEL,
        challenger_method=challenger,
        challenger_value=rival,
    )
    return _with_short_horizons(scores, best.frame)


def _with_short_horizons(scores: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    for days in HORIZONS[:-1]:
        scores[f"expected_orders_{days}d"] = frame[f"expected_orders_{days}"].round(6)
        scores[f"predicted_value_{days}d"] = frame[f"predicted_value_{days}"].round(2)
    return typed(scores, SCORE_TYPES)


def plain_scores(today: pd.DataFrame) -> pd.DataFrame:
    """Scores under the plain ratio: no chances, no interval, no challenger."""
    frame = plain_ratio(today, HORIZONS)
    scores = _keys(today).assign(
        method=PLAIN_RATIO,
        expected_order_value=frame["expected_order_value"],
        expected_orders=frame[f"expected_orders_{HORIZON_DAYS}"].round(6),
        predicted_value=frame[f"predicted_value_{HORIZON_DAYS}"].round(2),
        challenger_method=pd.Series(None, index=today.index, dtype="str"),
    )
    missing = [name for name in SCORE_TYPES if name not in scores and not name.endswith("d")]
    return _with_short_horizons(scores.assign(**dict.fromkeys(missing, np.nan)), frame)


def _keys(today: pd.DataFrame) -> pd.DataFrame:
    return today[["customer_id", "as_of_date"]].assign(horizon_days=HORIZON_DAYS)


def frequency_histogram(candidates: Candidates, customers: pd.DataFrame) -> pd.DataFrame:
    """Customers by repeat purchases, and how many the purchase model expects of customers with the same first days."""
    model, histories = next(iter(candidates.processes.values())).purchases, histories_of(customers)
    random = np.random.default_rng(candidates.settings.random_state)
    fresh = pd.DataFrame({"frequency": 0.0, "recency": 0.0, "T": 0.0}, index=histories.index)
    draws = min(HISTOGRAM_DRAWS, -(-MOST_HISTOGRAM_LIVES // len(histories)))
    counts = model.simulate_purchases(fresh, histories["T"].to_numpy(), random, draws)
    drawn = np.bincount(np.minimum(counts, HISTOGRAM_TOP).ravel(), minlength=HISTOGRAM_TOP + 1)
    actual = np.bincount(histories["frequency"].clip(upper=HISTOGRAM_TOP).astype(int), minlength=HISTOGRAM_TOP + 1)
    frame = {"frequency": range(HISTOGRAM_TOP + 1), "actual_customers": actual}
    return pd.DataFrame({**frame, "expected_customers": (drawn / draws).round(2)}).astype(HISTOGRAM_TYPES)
