"""What a customer is seen among: all customers of a day, or an even sample of very many. It foretells nothing."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from models.feature_tables import DateRanks
from models.lifetime_value.rules import Rates


@dataclass(frozen=True)
class Crowd:
    """Customers of one date, and the features by which they are told apart."""

    customers: pd.DataFrame
    names: list[str]

    @cached_property
    def ranks(self) -> DateRanks:
        """Of the features."""
        return DateRanks.of(self.customers, self.names)

    @cached_property
    def rates(self) -> Rates:
        """The shop's."""
        return Rates.of(self.customers)

    @cached_property
    def age_days(self) -> float:
        """How old the shop is: days since anybody's first purchase."""
        return float(self.customers["age_days"].max())
