"""Learns from labelled dates and tries what was learned on the latest of them. Whom to score is not asked here."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from models import metrics
from models.boosted_trees import GRADIENT_BOOSTING
from models.churn.classifier import ChurnClassifier, EarlierRanker
from models.churn.evaluation import measure
from models.churn.inputs import relative_inputs
from models.churn.ranker import ChurnRanker
from models.churn.samples import MOST_CUSTOMERS_TO_LEARN_FROM, training_dates
from models.feature_tables import dates_over, rows_of_at_most
from models.one_thread import on_one_thread
from models.refusal import reasons_to_refuse_labels


@dataclass(frozen=True)
class ChurnStudy:
    """Labelled customers of past dates (`labelled_customers`), the history at each date, and how to learn from them."""

    labelled: pd.DataFrame
    history: pd.Series
    names: list[str]
    horizon_days: int
    random_state: int

    def reasons_to_refuse(self) -> list[str]:
        """Why nothing can be learned and tested, empty when it can."""
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

    def classifiers(self, day: pd.Timestamp) -> tuple[ChurnClassifier, ChurnClassifier]:
        """The one that stands at the test date and knows nothing later, and the one that stands at a later day.

        They learn side by side. Where the second tries what the dates before its newest teach, and these are all that
        the first learned from, it tries what the first has learned.
        """
        dates, tested_dates = self.dates_known_by(day), self.dates_known_by(self.test_date)
        before_newest = dates_over(dates, self.horizon_days, dates[-1])
        rows, tested_rows = self._training_rows(dates), self._training_rows(tested_dates)
        with ThreadPoolExecutor(1) as beside:
            tested = beside.submit(on_one_thread(self._classifier), tested_rows)
            earlier = (lambda: tested.result().ranker_) if before_newest.equals(tested_dates) else None
            return self._classifier(rows, earlier), tested.result()

    def test(self, tested: ChurnClassifier) -> tuple[pd.DataFrame, list[str]]:
        """Metrics and notes of the classifier that stands at the test date."""
        dates, customers = self.dates_known_by(self.test_date), self._test_customers()
        probability = tested.predict_proba(relative_inputs(customers, self.names))[:, 1]
        truth = customers["is_churned"].to_numpy()
        measured = measure(probability, self._training_rows(dates), customers, self.horizon_days)
        return measured, [self._summary(probability, truth, len(dates)), *_better_baselines(measured)]

    def _classifier(self, rows: pd.DataFrame, earlier: EarlierRanker | None = None) -> ChurnClassifier:
        model = ChurnClassifier(self.horizon_days, ChurnRanker(random_state=self.random_state))
        return model.fit(relative_inputs(rows, self.names), rows["is_churned"], rows["as_of_date"], earlier)

    @cached_property
    def _learned_from(self) -> pd.DataFrame:
        """Drawn once, so that what was learned of earlier dates is of the same customers whenever it is asked."""
        return rows_of_at_most(self.labelled, MOST_CUSTOMERS_TO_LEARN_FROM, self.random_state)

    def _customers_at(self, dates: pd.DatetimeIndex) -> pd.DataFrame:
        return self.labelled[self.labelled["as_of_date"].isin(dates)].reset_index(drop=True)

    def _training_rows(self, dates: pd.DatetimeIndex) -> pd.DataFrame:
        return self._learned_from[self._learned_from["as_of_date"].isin(dates)]

    def _test_customers(self) -> pd.DataFrame:
        return self._customers_at(pd.DatetimeIndex([self.test_date]))

    def _summary(self, probability: np.ndarray, truth: np.ndarray, date_count: int) -> str:
        auc, accuracy = metrics.auc(truth, probability), metrics.accuracy(truth, probability)
        return (
            f"Churn was tested on {len(truth)} eligible customers at {self.test_date:%Y-%m-%d} after learning from "
            f"{date_count} earlier dates: AUC {auc:.3f}, accuracy {accuracy:.3f}; {probability.mean():.1%} were "
            f"foretold to leave, {truth.mean():.1%} did."
        )


def _better_baselines(measured: pd.DataFrame) -> list[str]:
    """A sentence for each metric in which a rule without a model did better."""
    notes = []
    for metric, is_less_better in {"auc": False, "brier": True}.items():
        values = measured[measured["metric"] == metric].set_index("candidate")["value"] * (-1 if is_less_better else 1)
        if values.idxmax() != GRADIENT_BOOSTING and values.max() > values[GRADIENT_BOOSTING]:
            notes.append(f"The baseline {values.idxmax()} had the better {metric} of the churn candidates.")
    return notes
