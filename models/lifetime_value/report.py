"""What past windows say of forecasts like today's: metrics, calibration, tracking and sentences. It scores nobody."""

from concurrent.futures import Executor
from dataclasses import dataclass

import pandas as pd

from models.boosted_trees import GRADIENT_BOOSTING
from models.lifetime_value.evaluation import CALIBRATION_TYPES, Measured, calibration, measure, notes_on_better_rules
from models.lifetime_value.evidence import Evidence
from models.lifetime_value.published import published
from models.lifetime_value.race import BLEND, Plan, Tiers, plan_of
from models.lifetime_value.season import TRACKING_TYPES, tracking
from models.lifetime_value.windows import LEAST_CUSTOMERS, Window, belief_in_season, over_by
from models.one_thread import on_one_thread
from models.result_tables import METRIC_TYPES, nothing


@dataclass(frozen=True)
class Report:
    """Tables with the columns of METRIC_TYPES, CALIBRATION_TYPES and TRACKING_TYPES, and sentences."""

    metrics: pd.DataFrame
    calibration: pd.DataFrame
    tracking: pd.DataFrame
    notes: list[str]


def report_of(
    evidence: Evidence,
    windows: dict[int, list[Window]],
    tiers: Tiers,
    random_state: int,
    with_season: bool,
    workers: Executor,
) -> Report:
    """Each length's newest window, forecast by the plan, and with the season, that windows over by then speak for.

    Calibration and tracking are those of the longest. Empty tables, and a sentence, when no window can be judged.
    """
    judged = {days: found for days, found in sorted(windows.items()) if found}
    if not judged:
        untested = [
            f"No window is over yet that began with {LEAST_CUSTOMERS} customers and in which anything was sold, so the "
            "forecast has not been measured."
        ]
        return Report(nothing(METRIC_TYPES), nothing(CALIBRATION_TYPES), nothing(TRACKING_TYPES), untested)
    longest = max(judged)

    def of_length(days: int) -> Report:
        belief = belief_in_season(over_by(windows, judged[days][0].as_of)) if with_season else 0.0
        test, *before = [window.believing_the_season(belief) for window in judged[days]]
        plan = plan_of(days, before, [*map(str, test.amounts)], tiers)
        candidates = [_measured(test, plan, name, tiers, random_state) for name in _models(test, plan)]
        metrics = measure(candidates, test.known, days, tiers.of(test.known))
        deciles, tracked = nothing(CALIBRATION_TYPES), nothing(TRACKING_TYPES)
        if days == longest:
            deciles, tracked = calibration(candidates, test.known, days), _tracking(evidence, test)
        return Report(metrics, deciles, tracked, notes_on_better_rules(metrics))

    reports = list(workers.map(on_one_thread(of_length), judged))
    notes = [note for report in reports for note in report.notes]
    if len(judged[longest]) == 1:
        notes.append(f"Of {longest} days one window is over: what was tested there was chosen without any.")
    metrics = pd.concat([report.metrics for report in reports], ignore_index=True)
    return Report(metrics, reports[-1].calibration, reports[-1].tracking, notes)


def sentence_on(plan: Plan) -> str:
    """Which candidate is published for a horizon and why, in one sentence."""
    what = f"a blend ({plan.blend.sentence()})" if plan.method == BLEND else plan.method
    if not plan.ranking:
        return f"Values of the next {plan.days} days are {what}; no window is over yet that could speak for another."
    losses = ", ".join(f"{name} {loss:.3f}" for name, loss in plan.ranking.items())
    return (
        f"Values of the next {plan.days} days are {what}: mean absolute error over mean amount in past windows of "
        f"{plan.learned_days} days: {losses}."
    )


def _models(test: Window, plan: Plan) -> list[str]:
    """Champion first, then the other models; rules are measured as baselines."""
    boosting = [GRADIENT_BOOSTING] if GRADIENT_BOOSTING in test.amounts else []
    fitted = [*test.candidates.processes, *boosting]
    return list(dict.fromkeys([plan.method, BLEND, *fitted]))


def _measured(test: Window, plan: Plan, name: str, tiers: Tiers, random_state: int) -> Measured:
    told = (test.candidates, plan, name, test.customers, test.foretold, tiers, random_state)
    return Measured(name, "champion" if name == plan.method else "challenger", published(*told))


def _tracking(evidence: Evidence, test: Window) -> pd.DataFrame:
    if evidence.purchase_days is None or not test.candidates.processes:
        return nothing(TRACKING_TYPES)
    processes = test.candidates.processes.items()
    parts = [tracking(name, test.customers, evidence.purchase_days, it.purchases, test.days) for name, it in processes]
    return pd.concat(parts, ignore_index=True).astype(TRACKING_TYPES)
