"""The lifetime value of every customer from feature tables: measure, refuse or fit, score. Reads and writes nothing."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.lifetime_value.evaluation import METRIC_COLUMNS, METRIC_TYPES, MODEL, measure, notes_on_better_rules
from models.lifetime_value.histories import TooLittleToFit
from models.lifetime_value.value_model import ValueModel

PLAIN_RATIO = "plain_ratio"

LEAST_BUYERS = 500
LEAST_REPEAT_BUYERS = 100
LEAST_HISTORY_DAYS = 180
LEAST_WINDOWS_OF_HISTORY = 3
MOST_DAYS_WITHOUT_ORDER = 30
DEFAULT_WINDOW_DAYS = 90  # the window a model must have proved itself on when no outcome says otherwise

SCORE_COLUMNS = [
    "customer_id",
    "as_of_date",
    "horizon_days",
    "method",
    "probability_alive",
    "probability_no_purchase",
    "expected_orders",
    "expected_order_value",
    "predicted_value",
]


@dataclass(frozen=True)
class LifetimeValueResult:
    """Scores of today's customers, how good such scores were on a past window, and what a reader must know."""

    scores: pd.DataFrame
    metrics: pd.DataFrame
    notes: list[str]


def forecast_lifetime_value(
    features: pd.DataFrame, outcomes: pd.DataFrame, horizon_days: int = 365
) -> LifetimeValueResult:
    """Forecast what each of today's customers will spend in the next `horizon_days` days.

    Parameters
    ----------
    features : DataFrame
        Table features.customer_features: one row per customer and as-of date; `is_today` marks those to score.
    outcomes : DataFrame
        Table features.customer_outcomes: what followed past as-of dates. The latest date is forecast from its own
        features alone and measured; nothing else of this table is used.
    horizon_days : int
        Days to forecast.

    Returns
    -------
    LifetimeValueResult
        `scores`: one row per customer of today, columns SCORE_COLUMNS, sorted by customer_id. Orders are days with a
        purchase. Under method plain_ratio both probabilities are missing: a ratio knows none.
        `metrics`: one row per candidate and metric, columns METRIC_COLUMNS; empty when no past window can be measured.
        `notes`: sentences.
    """
    today = _in_order(features[features["is_today"].astype(bool)])
    metrics, notes = _measure_latest_window(features, outcomes)
    model, reasons = _fit(today, _window_days(outcomes))
    if model is None:
        notes = [*notes, "Lifetime value is the plain ratio, not a model's forecast: " + "; ".join(reasons) + "."]
        forecast, method = plain_ratio(today, horizon_days), PLAIN_RATIO
    else:
        notes = [*notes, *model.notes]
        forecast, method = model.forecast(today, horizon_days), MODEL
    keys = today[["customer_id", "as_of_date"]].assign(horizon_days=horizon_days, method=method)
    return LifetimeValueResult(pd.concat([keys, forecast], axis=1)[SCORE_COLUMNS], metrics, notes)


def plain_ratio(customers: pd.DataFrame, days: int) -> pd.DataFrame:
    """The managers' ratio, average order value times repeat purchases over customers, at the past pace for `days` days.

    The same for everybody: it says what a customer of this shop is worth, not which one.
    """
    age, repeats = customers["age_days"].astype(float).sum(), customers["frequency"].astype(float).sum()
    purchase_days = repeats + len(customers)
    value = customers["net_sales"].astype(float).sum() / purchase_days if purchase_days else 0.0
    orders, value = round(repeats / age * days if age else 0.0, 6), round(max(value, 0.0), 2)
    columns = {
        "probability_alive": np.nan,
        "probability_no_purchase": np.nan,
        "expected_orders": orders,
        "expected_order_value": value,
        "predicted_value": round(orders * value, 2),
    }
    return pd.DataFrame(columns, index=customers.index, dtype=float)


def reasons_to_refuse(customers: pd.DataFrame, window_days: int) -> list[str]:
    """Why these customers are too little to model, empty when they are enough; features at one as-of date."""
    buyers = len(customers)
    repeat_buyers = int((customers["frequency"] > 0).sum())
    history = int(customers["age_days"].max()) if buyers else 0
    silence = int(customers["days_since_last_order"].min()) if buyers else 0
    needed = max(LEAST_HISTORY_DAYS, LEAST_WINDOWS_OF_HISTORY * window_days)
    rules = [
        (buyers < LEAST_BUYERS, f"{buyers} buyers are fewer than {LEAST_BUYERS}"),
        (repeat_buyers < LEAST_REPEAT_BUYERS, f"{repeat_buyers} repeat buyers are fewer than {LEAST_REPEAT_BUYERS}"),
        (history < needed, f"{history} days of history are fewer than {needed}"),
        (silence > MOST_DAYS_WITHOUT_ORDER, f"no order in the last {MOST_DAYS_WITHOUT_ORDER} days"),
    ]
    return [reason for is_broken, reason in rules if is_broken]


def _fit(customers: pd.DataFrame, window_days: int) -> tuple[ValueModel | None, list[str]]:
    """A fitted model, or None and the reasons."""
    reasons = reasons_to_refuse(customers, window_days)
    if reasons:
        return None, reasons
    try:
        return ValueModel.fit(customers), []
    except TooLittleToFit as too_little:
        return None, [str(too_little)]


def _measure_latest_window(features: pd.DataFrame, outcomes: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Metrics of a model fitted at the latest past date with an outcome, and notes on them."""
    nothing = pd.DataFrame(columns=METRIC_COLUMNS).astype(METRIC_TYPES)
    dates = set(features["as_of_date"].unique()) & set(outcomes["as_of_date"].unique())
    if not dates:
        return nothing, ["No past window is over yet, so the forecast has not been measured."]
    date, days = max(dates), _window_days(outcomes)
    past = _in_order(features[features["as_of_date"] == date])
    model, reasons = _fit(past, days)
    if model is None:
        return nothing, [f"The forecast could not be measured as of {pd.Timestamp(date).date()}: {'; '.join(reasons)}."]
    followed = outcomes.loc[outcomes["as_of_date"] == date, ["customer_id", "future_order_days", "future_net_sales"]]
    known = past.merge(followed, on="customer_id", validate="one_to_one")
    if len(known) < len(past):
        raise ValueError(f"{len(past) - len(known)} customers of {date} have features but no outcome")
    measured = measure(model, known, days).assign(test_as_of_date=pd.Timestamp(date))
    measured = measured[METRIC_COLUMNS].astype(METRIC_TYPES).reset_index(drop=True)
    return measured, notes_on_better_rules(measured)


def _window_days(outcomes: pd.DataFrame) -> int:
    if outcomes.empty:
        return DEFAULT_WINDOW_DAYS
    return int(outcomes.loc[outcomes["as_of_date"] == outcomes["as_of_date"].max(), "horizon_days"].iloc[0])


def _in_order(customers: pd.DataFrame) -> pd.DataFrame:
    return customers.sort_values("customer_id", ignore_index=True)
