"""What readers see of the registry: rows of `ml.models`, and what every shared table looks like when it is empty."""

from collections.abc import Iterable, Mapping
from datetime import date

import pandas as pd

from models.result_tables import typed
from pipelines.registry.archive import BACKTEST_TYPES
from pipelines.registry.drift import DRIFT_TYPES
from pipelines.registry.roles import Standing

MODELS, BACKTESTS, DRIFTS = "ml.models", "ml.backtests", "ml.model_drift"
MODEL_TYPES = {
    "trained_as_of": "datetime64[us]",
    "role": "str",
    "is_scoring_tonight": "bool",
    "reason": "str",
    "learned_from": "datetime64[us]",
    "learned_until": "datetime64[us]",
    "row_count": "int64",
    "customer_count": "int64",
    "feature_count": "int64",
    "metric": "str",
    "value": "float64",
    "best_baseline": "str",
    "best_baseline_value": "float64",
    "skill": "float64",
    "test_as_of_date": "datetime64[us]",
    "libraries": "str",
    "sha256": "str",
}
TYPES: Mapping[str, dict[str, str]] = {MODELS: MODEL_TYPES, BACKTESTS: BACKTEST_TYPES, DRIFTS: DRIFT_TYPES}


def models_table(standings: Iterable[Standing], scoring: date | None) -> pd.DataFrame:
    """A row per kept model, the newest first; `scoring` is the day of the one that scores tonight."""
    rows = [_row(standing, scoring) for standing in standings]
    return typed(pd.DataFrame(rows, columns=list(MODEL_TYPES)), MODEL_TYPES)


def _row(standing: Standing, scoring: date | None) -> dict:
    card, window, skill = standing.card, standing.card.window, standing.card.skill
    return {
        "trained_as_of": pd.Timestamp(card.trained_as_of),
        "role": standing.role,
        "is_scoring_tonight": card.trained_as_of == scoring,
        "reason": standing.reason,
        "learned_from": pd.Timestamp(window.first_as_of) if window else pd.NaT,
        "learned_until": pd.Timestamp(window.last_as_of) if window else pd.NaT,
        "row_count": window.rows if window else 0,
        "customer_count": window.customers if window else 0,
        "feature_count": len(window.features) if window else 0,
        "metric": skill.metric if skill else None,
        "value": skill.value if skill else None,
        "best_baseline": skill.baseline if skill else None,
        "best_baseline_value": skill.baseline_value if skill else None,
        "skill": skill.skill if skill else None,
        "test_as_of_date": pd.Timestamp(skill.test_as_of) if skill else pd.NaT,
        "libraries": ", ".join(f"{name} {number}" for name, number in card.libraries.items()),
        "sha256": card.artefact,
    }
