"""What a shop is made from: everything in it, past and to come, follows from these few arguments. Nothing is drawn."""

from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.sample.clock import Window
from pipelines.sample.parameters import Parameters

MOST_FURTHER_DAYS = 730  # that a shop can go on after its opening
MOST_PEOPLE = 25_000_000  # for whom there are account numbers and phones
MONTH_DAYS = 30  # newcomers are drawn by months of this length


@dataclass(frozen=True)
class Plan:
    """A shop whose opening, written at once or night by night, is `days` days that end with `until`.

    `customers` people come in the opening, drawn in batches of `customers_a_batch`; later ones at the pace of its end.
    """

    seed: int
    customers: int
    days: int
    until: date
    customers_a_batch: int
    rates: Parameters

    @property
    def opening(self) -> Window:
        """The days of the opening."""
        return Window(self.days, self.until)

    @property
    def horizon(self) -> Window:
        """The opening and all that can follow: what is to come does not depend on how far the shop has gone on."""
        return Window(self.days + MOST_FURTHER_DAYS, self.until + timedelta(days=MOST_FURTHER_DAYS))

    @property
    def batches(self) -> int:
        """How many batches of people the opening has."""
        return -(-self.customers // self.customers_a_batch)

    def batch(self, number: int) -> range:
        """The people of a batch, numbered from 1."""
        first = (number - 1) * self.customers_a_batch
        return range(first, min(first + self.customers_a_batch, self.customers))

    def newcomers(self, month: int) -> range:
        """The people who come in a month after the opening, numbered from 1."""
        growth = self.rates.registration_growth
        a_month = MONTH_DAYS * self.customers / self.days * (1 + growth) / (1 + growth / 2)
        return range(*(self.customers + int(a_month * done) for done in (month - 1, month)))

    def month_of(self, day: int) -> int:
        """The month of a day after the opening; 0 for days of the opening."""
        return (day - self.days) // MONTH_DAYS + 1 if day >= self.days else 0

    def file_number(self, day: int) -> int:
        """What sets the keys in a day's files apart from all others; the batches of the opening have the first ones."""
        return self.batches + 1 + day
