"""The days after the opening: what happens on each, and what the shop system exports after it. Files come later."""

from functools import lru_cache

import numpy as np
import pyarrow as pa

from pipelines.sample.course import LONGEST_COURSE_DAYS
from pipelines.sample.crowd import Crowd
from pipelines.sample.events import draw_events
from pipelines.sample.exports import (
    LONGEST_LATE_DAYS,
    Exported,
    event_exports,
    export_days,
    item_versions,
    order_versions,
    session_export_days,
    together,
)
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.plan import Plan
from pipelines.sample.records import appended, taken
from pipelines.sample.sales import Sales, sell
from pipelines.sample.streams import Subject, stream
from pipelines.sample.truth_tables import order_owners
from pipelines.sample.visits import Leads, draw_leads, first_products, habit_of_day, visit

LONGEST_LEAD_DAYS = 28  # from a visit to the purchase that it leads to; longer ones are left out


class FurtherDays:
    """Days of a shop that goes on, counted from the start of its opening. Each is drawn from streams of its own."""

    def __init__(self, plan: Plan, crowd: Crowd, later: InventedShop) -> None:
        self._plan, self._crowd, self._later = plan, crowd, later
        # A day is asked for by those before it, which lead to its orders, and by those after it, which end them.
        self.sales = lru_cache(LONGEST_LEAD_DAYS + 2 * LONGEST_COURSE_DAYS)(self._sales)
        self._events = lru_cache(2 * LONGEST_LATE_DAYS)(self._draw_events)

    def exported(self, day: int) -> dict[str, Exported]:
        """What the shop system exports after a day, by feed: its own rows, late ones, new versions of older ones."""
        orders, items = [], []
        for earlier in self._days(day - LONGEST_COURSE_DAYS, day):
            sales, first = self.sales(earlier)
            orders.append(order_versions(sales, first, self._later.window, range(day, day + 1)))
            items.append(item_versions(sales, first, self._later.window, range(day, day + 1)))
        known = {feed: exports.of_day(day) for feed, exports in self._crowd.exports.items()}
        events = [self._events(earlier) for earlier in self._days(day - LONGEST_LATE_DAYS, day)]
        return {
            "customers": known["customers"],
            "orders": together([known["orders"], *orders]),
            "order_items": together([known["order_items"], *items]),
            "events": together([exports.of_day(day) for exports in events]),
        }

    def true_orders(self, first: int, last: int) -> pa.Table:
        """What is true at the end of day `last` of the orders since day `first`."""
        end, people = self._later.window.end_of(last), self._crowd.population.people
        return pa.concat_tables(
            [self._crowd.under_way, *(order_owners(people, self.sales(day)[0], end) for day in self._days(first, last))]
        )

    def _days(self, first: int, last: int) -> range:
        return range(max(first, self._plan.days), last + 1)

    def _sales(self, day: int) -> tuple[Sales, np.ndarray]:
        """The sales of a day, and the day on which each order is first exported."""
        number, crowd = self._plan.file_number(day), self._crowd
        orders = taken(crowd.orders, np.arange(*np.searchsorted(crowd.orders.placed, (day, day + 1))))
        sales = sell(self._stream(Subject.SALES, day), number, orders, crowd.population, self._later)
        happened, late = np.full(len(sales.seconds), day), self._stream(Subject.LATE_ORDERS, number)
        return sales, export_days(late, happened, self._later.window.days, self._later.shop)

    def _draw_events(self, day: int) -> Exported:
        """The events of the visits that end on a day, by the day of their export."""
        crowd, later, number = self._crowd, self._later, self._plan.file_number(day)
        # Whoever comes in a later month must not change this day's draws.
        there = np.arange(crowd.people_by_month[self._plan.month_of(day)])
        rng = self._stream(Subject.VISITS, day)
        habit = habit_of_day(rng, taken(crowd.population.lives, there), taken(crowd.habits, there), day, later.shop)
        leads = appended([self._leads(day, to) for to in range(day, day + LONGEST_LEAD_DAYS)])
        sales, _ = self.sales(day)
        visits = visit(rng, habit, leads, sales, crowd.population, later, range(day, day + 1), len(there))
        events = draw_events(rng, number, visits, crowd.population.accounts, later)
        happened = np.full(len(events), day)
        late = self._stream(Subject.LATE_EVENTS, number)
        first = session_export_days(late, events, happened, later.window.days, later.shop)
        return event_exports(events, first, range(day, day + LONGEST_LATE_DAYS + 1))

    def _leads(self, day: int, to: int) -> Leads:
        """The visits on a day that lead to an order on day `to`."""
        sales, _ = self.sales(to)
        rng = self._stream(Subject.LEADS, to)
        order, at = draw_leads(rng, self._crowd.population.lives, sales.placed, self._later.shop)
        comes = np.floor(at) == day
        order = order[comes]
        return Leads(sales.placed.person[order], at[comes], first_products(sales)[order])

    def _stream(self, subject: Subject, number: int) -> np.random.Generator:
        return stream(self._plan.seed, subject, number)
