"""What learning leaves to the nights until it is due again: enough to score later customers, and no customer."""

from dataclasses import dataclass

from models.boosted_trees import GRADIENT_BOOSTING
from models.churn.classifier import ChurnClassifier
from models.hazard import HAZARD, Hazard


@dataclass(frozen=True)
class TrainedHorizon:
    """A hazard, and where there was enough to learn from a classifier fitted to these features and to its chances.

    `lift` is added to the log-odds of the share that the hazard foretells (`ChurnStudy.level`).
    """

    hazard: Hazard
    lift: float
    classifier: ChurnClassifier | None
    names: list[str]

    @property
    def method(self) -> str:
        """What scores."""
        return HAZARD if self.classifier is None else GRADIENT_BOOSTING


@dataclass(frozen=True)
class TrainedChurn:
    """What was learned of each horizon, by its days as a text."""

    horizons: dict[str, TrainedHorizon]
