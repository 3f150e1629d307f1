"""What the test window says of the candidates: metrics, calibration, tracking and sentences. It scores nobody."""

import numpy as np
import pandas as pd

from models.lifetime_value.evaluation import (
    CALIBRATION_TYPES,
    Measured,
    calibration,
    measure,
    notes_on_better_rules,
)
from models.lifetime_value.evidence import Evidence
from models.lifetime_value.score_table import horizon_columns, level_of
from models.lifetime_value.season import TRACKING_TYPES, tracking
from models.lifetime_value.study import Study
from models.result_tables import METRIC_TYPES, nothing


def report_of(
    evidence: Evidence, studied: Study, senior_from: float, vip_above: float
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, list[str]]:
    """Metrics, calibration, tracking and notes of the test window."""
    test, notes = studied.test, list(studied.notes)
    if test is None:
        return nothing(METRIC_TYPES), nothing(CALIBRATION_TYPES), nothing(TRACKING_TYPES), notes
    champion = studied.ranking[0]
    candidates = [
        Measured(
            name,
            "champion" if name == champion else "challenger",
            horizon_columns(forecast, test.days, level_of(studied.validation, name)),
        )
        for name, forecast in test.forecasts.items()
    ]
    measured = measure(candidates, test.known, test.days, tiers_of(test.known, senior_from, vip_above))
    tracked = nothing(TRACKING_TYPES)
    if evidence.purchase_days is not None:
        tracked = pd.concat(
            tracking(name, test.customers, evidence.purchase_days, model.purchases, test.days)
            for name, model in test.candidates.processes.items()
        ).astype(TRACKING_TYPES)
    notes += [_decision(studied), *notes_on_better_rules(measured)]
    if studied.validation is None:
        notes.append("Intervals of the test were not calibrated: no earlier window was over at the test date.")
    return measured, calibration(candidates, test.known, test.days), tracked.reset_index(drop=True), notes


def _decision(studied: Study) -> str:
    """Which candidate is published and why, in one sentence."""
    window = studied.judge
    assert window is not None
    losses = ", ".join(f"{name} {window.loss(name):.2f}" for name in studied.ranking)
    scale = ", totals set right because no season could be known yet" if window.is_young else ""
    if window is studied.validation:
        where = f"the window of {window.days} days after {window.as_of.date()}, before the test began"
    else:
        where = f"the test window itself, after {window.as_of.date()}, because no earlier one can judge all candidates"
    return f"Champion is {studied.ranking[0]}: lowest Tweedie deviance on {where}{scale} ({losses})."


def tiers_of(customers: pd.DataFrame, senior_from: float, vip_above: float) -> pd.Series:
    """The value tier of each customer at its date, by twelve months of net sales: vip above, senior from, regular."""
    sales = customers["net_sales_12m"]
    tier = np.select([sales > vip_above, sales >= senior_from], ["vip", "senior"], default="regular")
    return pd.Series(tier, index=customers.index)
