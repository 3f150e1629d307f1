"""What learning leaves to the nights until it is due again: enough to score with, and no customer."""

from dataclasses import dataclass

from models.lifetime_value.candidates import Candidates
from models.lifetime_value.race import Plan, Tiers


@dataclass(frozen=True)
class TrainedValue:
    """Candidates fitted at one date, and a plan for each horizon, by its days as a text, as files name it."""

    candidates: Candidates
    plans: dict[str, Plan]
    tiers: Tiers
    random_state: int

    def plan(self, days: int) -> Plan:
        """The plan of a horizon of so many days."""
        return self.plans[str(days)]
