"""What learning leaves to the nights until it is due again: enough to score with, and no customer."""

from dataclasses import dataclass

from models.lifetime_value.candidates import Candidates


@dataclass(frozen=True)
class TrainedValue:
    """Candidates fitted at one date, their names from the best on, and the level at which the best's intervals hold."""

    candidates: Candidates
    ranking: list[str]
    interval_level: float

    @property
    def champion(self) -> str:
        """The candidate that is published."""
        return self.ranking[0]

    @property
    def challenger(self) -> str | None:
        """The next best, published beside it; None when there is no other."""
        return self.ranking[1] if len(self.ranking) > 1 else None
