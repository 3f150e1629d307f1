"""Learns from labelled dates and tries what was learned on the latest of them. Whom to score is not asked here."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from sklearn.base import clone

from models import metrics
from models.boosted_trees import GRADIENT_BOOSTING
from models.churn.classifier import ChurnClassifier, EarlierRanker, weights_for, weights_that_level
from models.churn.evaluation import measure, reliability
from models.churn.inputs import relative_inputs
from models.churn.ranker import ChurnRanker
from models.churn.reasons import CHANCE
from models.churn.samples import MOST_ROWS_TO_LEARN_FROM, training_dates
from models.churn.search import searched
from models.feature_tables import dates_over, rows_of_at_most
from models.hazard import HAZARD, Hazard, shift_by
from models.log_odds import intercept_for
from models.one_thread import on_one_thread
from models.refusal import reasons_to_refuse_labels


@dataclass(frozen=True)
class ChurnStudy:
    """Labelled customers of past dates (`labelled_customers`), the history at each date, and how to learn from them.

    `labelled` has the chance of no purchase by the hazard of each date as CHANCE, before any shift.
    """

    labelled: pd.DataFrame
    history: pd.Series
    hazards: dict[pd.Timestamp, Hazard]
    names: list[str]
    horizon_days: int
    random_state: int

    def reasons_to_refuse(self) -> list[str]:
        """Why no model can be learned and tested, empty when it can."""
        if self.labelled.empty:
            return [f"no eligible customer at a past date whose window of {self.horizon_days} days is over"]
        dates = self.dates_known_by(self.test_date)
        if not len(dates):
            return [f"no usable training date: none had its window over by the test date {self.test_date:%Y-%m-%d}"]
        newest = self.labelled.loc[self.labelled["as_of_date"] == dates[-1], "is_churned"]
        return reasons_to_refuse_labels(self._test_customers()["is_churned"]) or reasons_to_refuse_labels(newest)

    @property
    def test_date(self) -> pd.Timestamp:
        """The latest date with an outcome."""
        return self.labelled["as_of_date"].max()

    def dates_known_by(self, day: pd.Timestamp) -> pd.DatetimeIndex:
        """Dates to learn from when one stands at `day`."""
        return training_dates(pd.Index(self.labelled["as_of_date"]), self.history, day, self.horizon_days)

    def shifted(self, hazard: Hazard, day: pd.Timestamp) -> Hazard:
        """The hazard of a day, brought nearer to what happened: to the shares of the windows that were over by then.

        Windows count in which a season was known as it is now: what the first Christmas did to a shop without one says
        nothing of the second.
        """
        over = dates_over(pd.DatetimeIndex(self.labelled["as_of_date"]), self.horizon_days, day)
        alike = [date for date in over if self.hazards[date].season.is_known == hazard.season.is_known]
        if not alike:
            return hazard
        shares = self.labelled.groupby("as_of_date")[[CHANCE, "is_churned"]].mean().loc[alike]
        return replace(hazard, shift=shift_by([*shares[CHANCE]], [*shares["is_churned"]]))

    def level(self, chance: np.ndarray, hazard: Hazard, day: pd.Timestamp) -> float:
        """The share of customers foretold to leave after a day: the hazard's mean chance of them.

        While no window that is over was foretold as the hazard foretells now, halfway in log-odds between that and the
        share of the newest window.
        """
        over = dates_over(pd.DatetimeIndex(self.labelled["as_of_date"]), self.horizon_days, day)
        mean = float(chance.mean())
        if not len(over) or any(self.hazards[date].season.is_known == hazard.season.is_known for date in over):
            return mean
        newest = self.labelled.loc[self.labelled["as_of_date"] == over[-1], "is_churned"].mean()
        return float(expit((logit(np.clip(mean, 0.01, 0.99)) + logit(np.clip(newest, 0.01, 0.99))) / 2))

    def searched(self, fits: int) -> tuple[ChurnRanker, ChurnRanker | None]:
        """How trees had best be grown, by the newest window over by the test date; and the ranker that learned for it.

        Without two windows one after the other nothing can be tried.
        """
        ranker, dates = ChurnRanker(random_state=self.random_state), self.dates_known_by(self.test_date)
        earlier = self._training_rows(dates_over(dates, self.horizon_days, dates[-1]))
        newest = self._training_rows(dates[-1:])
        if fits < 2 or min(earlier["is_churned"].nunique(), newest["is_churned"].nunique()) < 2:
            return ranker, None
        X, truth = self.inputs(earlier), earlier["is_churned"].to_numpy(dtype=int)
        later, beside, came = self.inputs(newest), beside_of(newest), newest["is_churned"].to_numpy(dtype=float)
        weights = weights_that_level(truth, earlier["as_of_date"])

        def tried(ranker: ChurnRanker) -> tuple[np.ndarray, ChurnRanker]:
            fitted = clone(ranker).fit(X, truth, weights)
            log_odds = np.column_stack([fitted.log_odds(later), beside])
            sums = log_odds @ weights_for(log_odds, came)
            sums += intercept_for(sums, float(came.mean()))
            return np.logaddexp(0, sums) - came * sums, fitted

        return searched(ranker, fits, self.random_state, tried)

    def classifiers(
        self, day: pd.Timestamp, ranker: ChurnRanker, tried: ChurnRanker | None = None
    ) -> tuple[ChurnClassifier, ChurnClassifier]:
        """The one that stands at the test date and knows nothing later, and the one that stands at a later day.

        They learn side by side, both as `ranker` does; `tried` is the one that has learned for the first in a search.
        Where the second tries what the dates before its newest teach, and these are all that the first learned from, it
        tries what the first has learned.
        """
        dates, tested_dates = self.dates_known_by(day), self.dates_known_by(self.test_date)
        before_newest = dates_over(dates, self.horizon_days, dates[-1])
        rows, tested_rows = self._training_rows(dates), self._training_rows(tested_dates)
        has_tried = None if tried is None else lambda: tried
        with ThreadPoolExecutor(1) as beside:
            tested = beside.submit(on_one_thread(self._classifier), tested_rows, ranker, has_tried)
            earlier = (lambda: tested.result().ranker_) if before_newest.equals(tested_dates) else None
            return self._classifier(rows, ranker, earlier), tested.result()

    def test(self, tested: ChurnClassifier | None) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
        """Metrics, reliability and notes of the classifier that stands at the test date; without one, of the hazard."""
        dates, customers = self.dates_known_by(self.test_date), self._test_customers()
        hazard = self.shifted(self.hazards[self.test_date], self.test_date)
        chance = expit(logit(customers[CHANCE].to_numpy()) + hazard.shift)
        foretold = {HAZARD: chance}
        if tested is not None:
            level = self.level(chance, hazard, self.test_date)
            foretold = {
                GRADIENT_BOOSTING: tested.probability_at(self.inputs(customers), level, beside_of(customers)),
                **foretold,
            }
        truth = customers["is_churned"].to_numpy()
        measured = measure(foretold, self._training_rows(dates), customers, self.horizon_days)
        tenths = reliability(foretold, customers, self.horizon_days)
        summary = self._summary(next(iter(foretold.values())), truth, len(dates) if tested is not None else 0)
        return measured, tenths, [summary, *_better_baselines(measured, next(iter(foretold)))]

    def inputs(self, customers: pd.DataFrame) -> np.ndarray:
        """What the classifier is given, shape (n, features): see `relative_inputs`."""
        return relative_inputs(customers, [*self.names, CHANCE])

    def _classifier(
        self, rows: pd.DataFrame, ranker: ChurnRanker, earlier: EarlierRanker | None = None
    ) -> ChurnClassifier:
        model = ChurnClassifier(self.horizon_days, ranker)
        return model.fit(self.inputs(rows), rows["is_churned"], rows["as_of_date"], earlier, beside_of(rows))

    @cached_property
    def _learned_from(self) -> pd.DataFrame:
        """Drawn once, so that what was learned of earlier dates is of the same rows whenever it is asked."""
        return rows_of_at_most(self.labelled, MOST_ROWS_TO_LEARN_FROM, self.random_state)

    def _customers_at(self, dates: pd.DatetimeIndex) -> pd.DataFrame:
        return self.labelled[self.labelled["as_of_date"].isin(dates)].reset_index(drop=True)

    def _training_rows(self, dates: pd.DatetimeIndex) -> pd.DataFrame:
        return self._learned_from[self._learned_from["as_of_date"].isin(dates)]

    def _test_customers(self) -> pd.DataFrame:
        return self._customers_at(pd.DatetimeIndex([self.test_date]))

    def _summary(self, probability: np.ndarray, truth: np.ndarray, date_count: int) -> str:
        auc, accuracy = metrics.auc(truth, probability), metrics.accuracy(truth, probability)
        learned = f" after learning from {date_count} earlier dates" if date_count else ""
        return (
            f"Churn within {self.horizon_days} days was tested on {len(truth)} eligible customers at "
            f"{self.test_date:%Y-%m-%d}{learned}: AUC {auc:.3f}, accuracy {accuracy:.3f}; {probability.mean():.1%} "
            f"were foretold to leave, {truth.mean():.1%} did."
        )


def beside_of(customers: pd.DataFrame) -> np.ndarray:
    """Log-odds of leaving by the hazard, shape (n,): what is foretold beside the ranker."""
    return logit(customers[CHANCE].to_numpy(dtype=float))


def _better_baselines(measured: pd.DataFrame, champion: str) -> list[str]:
    """A sentence for each metric in which a rule without a model did better."""
    notes = []
    rules = measured[(measured["role"] == "baseline") | (measured["candidate"] == champion)]
    for metric, is_less_better in {"auc": False, "brier": True}.items():
        values = rules[rules["metric"] == metric].set_index("candidate")["value"] * (-1 if is_less_better else 1)
        if champion in values and values.idxmax() != champion and values.max() > values[champion]:
            days = rules["horizon_days"].iloc[0]
            notes.append(f"The baseline {values.idxmax()} had the better {metric} of churn within {days} days.")
    return notes
