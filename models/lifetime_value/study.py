"""Chooses and measures: which candidate, with which corrections, judged on windows that were over. It scores nobody."""

from dataclasses import dataclass, field, replace

import pandas as pd

from models import metrics
from models.lifetime_value.candidates import BG_NBD, Candidates, Forecast, Settings, candidates_or_reasons
from models.lifetime_value.evidence import TRAITS, Evidence
from models.lifetime_value.groups import LEAST_GROUP_BUYERS, GroupedValueModel
from models.lifetime_value.season import LEAST_HISTORY_DAYS, Season
from models.lifetime_value.spread import calibrated_level
from models.refusal import LEAST_WINDOWS_OF_HISTORY

LEAST_WINDOWS_TO_CHOOSE_ON = 2
LEAST_GAIN_OF_A_TRAIT = 0.01  # of the deviance: separate fits must pay for what they cost a reader


@dataclass(frozen=True)
class Window:
    """Candidates fitted at a past date, what they foretold of the window after it, and what came."""

    as_of: pd.Timestamp
    candidates: Candidates
    known: pd.DataFrame
    forecasts: dict[str, Forecast]

    @property
    def days(self) -> int:
        """Length of the window."""
        return self.candidates.settings.window_days

    @property
    def customers(self) -> pd.DataFrame:
        """What was known of them at the date."""
        return _as_known(self.known)

    @property
    def is_young(self) -> bool:
        """Whether the history was too short for a season to be known."""
        return bool(self.known["age_days"].max() < LEAST_HISTORY_DAYS)

    def value(self, name: str) -> pd.Series:
        """Money foretold by a candidate."""
        return self.forecasts[name].frame[f"predicted_value_{self.days}"]

    def level_of_total(self, name: str) -> float:
        """What the forecast is multiplied by before it is judged: 1, or in a young shop what sets its total right.

        Before 545 days of history no season can be known, so the total tells what season a candidate happened to learn
        from, not how good it is.
        """
        foretold, came = self.value(name).sum(), self.known["future_net_sales"].sum()
        return float(came / foretold) if self.is_young and foretold > 0 and came > 0 else 1.0

    def loss(self, name: str) -> float:
        """Tweedie deviance of the money."""
        return metrics.tweedie_deviance(self.known["future_net_sales"], self.value(name) * self.level_of_total(name))

    def interval_level(self, name: str, nominal: float) -> float:
        """The level whose intervals held the share `nominal` of this window's truths."""
        factor, truth = self.level_of_total(name), self.known["future_net_sales"]
        return calibrated_level(self.forecasts[name].spread.scaled(factor), self.value(name) * factor, truth, nominal)


@dataclass(frozen=True)
class Study:
    """The windows that were over, newest last used for the test, the one before it for every choice."""

    settings: Settings
    test: Window | None = None
    validation: Window | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def ranking(self) -> list[str]:
        """Candidates from the best on, by deviance on the validation window, or on the test window without one.

        The validation window counts only when every candidate of the test could already be fitted there.
        """
        window = self.judge
        return sorted(window.forecasts, key=lambda name: (window.loss(name), name)) if window else []

    @property
    def judge(self) -> Window | None:
        """The window that the champion is chosen on."""
        if self.validation and self.test and set(self.test.forecasts) <= set(self.validation.forecasts):
            return self.validation
        return self.test


def choose(evidence: Evidence, settings: Settings) -> Study:
    """A study before its test: the corrections that the newest window speaks for that was over when the test began."""
    dates = _test_dates(evidence, settings)
    earlier = evidence.dates_over(dates[-1], settings.window_days) if dates else []
    if not earlier:
        return Study(settings)
    validation, _ = _window(evidence, earlier[-1], settings, LEAST_WINDOWS_TO_CHOOSE_ON)
    settings, notes = _with_corrections(validation, settings)
    if validation and _undiscounted(settings) != validation.candidates.settings:
        validation, _ = _window(evidence, earlier[-1], settings, LEAST_WINDOWS_TO_CHOOSE_ON)
    return Study(settings, validation=validation, notes=notes)


def put_to_the_test(evidence: Evidence, chosen: Study) -> Study:
    """What was chosen (`choose`), tested on the newest window that is over."""
    dates = _test_dates(evidence, chosen.settings)
    if not dates:
        untested = ["No past window is over yet, so the forecast has not been measured."]
        return chosen if pd.isna(evidence.newest_date) else replace(chosen, notes=untested)
    test, reasons = _window(evidence, dates[-1], chosen.settings, LEAST_WINDOWS_OF_HISTORY)
    if test is None:
        reason = f"The forecast could not be measured as of {dates[-1].date()}: {'; '.join(reasons)}."
        return Study(chosen.settings, notes=[*chosen.notes, reason])
    return replace(chosen, test=test, notes=[*chosen.notes, *test.candidates.notes])


def _test_dates(evidence: Evidence, settings: Settings) -> list[pd.Timestamp]:
    """Dates whose window is over, the one of the test last."""
    return evidence.dates_over(evidence.newest_date, settings.window_days)


def _window(
    evidence: Evidence, as_of: pd.Timestamp, settings: Settings, least_windows: int
) -> tuple[Window | None, list[str]]:
    """Fit at a date, foretell, lay the truth beside it; None and the reasons when it is too little."""
    known = evidence.with_outcomes([as_of], settings.window_days)
    customers = _as_known(known)
    candidates, reasons = candidates_or_reasons(evidence, customers, _undiscounted(settings), least_windows)
    if candidates is None:
        return None, reasons
    return Window(as_of, candidates, known, candidates.forecasts(customers, [settings.window_days])), []


def _undiscounted(settings: Settings) -> Settings:
    """What is measured is money as it came."""
    return replace(settings, discount_rate=0.0)


def _as_known(known: pd.DataFrame) -> pd.DataFrame:
    return known.drop(columns=[name for name in known.columns if name.startswith("future_")])


def _with_corrections(window: Window | None, settings: Settings) -> tuple[Settings, list[str]]:
    """The season and the separate fits that the validation window speaks for."""
    if window is None:
        return settings, []
    notes: list[str] = []
    if window.candidates.outlook.season.is_known:
        without, with_season = _errors_of_the_sum(window)
        settings = replace(settings, with_season=with_season <= without)
        notes.append(
            f"The season correction was {'kept' if settings.with_season else 'left out'}: on the window after "
            f"{window.as_of.date()} it changed the error of the sum from {without:.1%} to {with_season:.1%}."
        )
    trait, sentence = _best_trait(window)
    return replace(settings, trait=trait), notes + sentence


def _errors_of_the_sum(window: Window) -> tuple[float, float]:
    """Absolute bias of the first purchase model without and with the season."""
    candidates, truth = window.candidates, window.known["future_net_sales"]
    no_season = replace(candidates.outlook, season=Season.flat(window.as_of))
    flat = candidates.processes[BG_NBD].forecast(window.customers, [window.days], no_season)
    without = metrics.bias(truth, flat[f"predicted_value_{window.days}"])
    return abs(without), abs(metrics.bias(truth, window.value(BG_NBD)))


def _best_trait(window: Window) -> tuple[str | None, list[str]]:
    """The trait whose separate fits lowered the deviance most, if by one per cent at least, and a sentence on all."""
    customers, model, losses = window.customers, window.candidates.processes[BG_NBD], {}
    if isinstance(model, GroupedValueModel):
        return model.trait, []
    for trait in TRAITS:
        if trait not in customers or (customers[trait].value_counts() >= LEAST_GROUP_BUYERS).sum() < 2:
            continue
        grouped = GroupedValueModel.of(customers, trait, model)
        frame = grouped.forecast(customers, [window.days], window.candidates.outlook)
        forecast = Forecast(frame, window.forecasts[BG_NBD].spread)
        losses[trait] = replace(window, forecasts={BG_NBD: forecast}).loss(BG_NBD)
    if not losses:
        return None, []
    pooled, best = window.loss(BG_NBD), min(losses, key=lambda trait: losses[trait])
    gains = ", ".join(f"{trait} {1 - loss / pooled:+.1%}" for trait, loss in losses.items())
    is_kept = losses[best] <= pooled * (1 - LEAST_GAIN_OF_A_TRAIT)
    verdict = f"separate fits by {best} are used" if is_kept else "one fit of all customers is used"
    return (best if is_kept else None), [
        f"Separate fits lowered the deviance on the window after {window.as_of.date()} by: {gains}; {verdict}."
    ]
