"""The days after the opening: what happens on each, and what the shop system exports after it. Files come later."""

from functools import lru_cache

import numpy as np
import pyarrow as pa

from pipelines.sample.carts import later_carts, placed_orders
from pipelines.sample.cases import LONGEST_CASE_DAYS
from pipelines.sample.correspondence import messages, of_orders
from pipelines.sample.course import LONGEST_COURSE_DAYS
from pipelines.sample.crowd import Crowd
from pipelines.sample.events import Touches, draw_events
from pipelines.sample.exports import (
    LONGEST_LATE_DAYS,
    Exported,
    event_exports,
    export_days,
    item_versions,
    order_versions,
    session_export_days,
    together,
    without_dictionaries,
)
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.plan import Plan
from pipelines.sample.reactions import LONGEST_REACTION_DAYS
from pipelines.sample.records import appended, taken
from pipelines.sample.sales import Sales, sell
from pipelines.sample.streams import Subject, stream
from pipelines.sample.truth_tables import order_owners
from pipelines.sample.visits import Leads, draw_leads, first_products, habit_of_day, look_before_registering, visit

LONGEST_LEAD_DAYS = 28  # from a visit to the purchase or registration that it leads to; longer ones are left out


class FurtherDays:
    """Days of a shop that goes on, counted from the start of its opening. Each is drawn from streams of its own."""

    def __init__(self, plan: Plan, crowd: Crowd, later: InventedShop) -> None:
        self._plan, self._crowd, self._later = plan, crowd, later
        registered = crowd.population.accounts.registered
        self._by_opening = np.argsort(registered, kind="stable")
        self._openings = registered[self._by_opening]
        # A day is asked for by those before it, which lead to its orders, and by those after it, which end them.
        self.sales = lru_cache(LONGEST_LEAD_DAYS + 2 * LONGEST_COURSE_DAYS)(self._sales)
        self._events = lru_cache(2 * LONGEST_LATE_DAYS)(self._draw_events)
        self._leads = lru_cache(LONGEST_LEAD_DAYS + 2)(self._draw_leads)
        self._said = lru_cache(LONGEST_CASE_DAYS + LONGEST_LATE_DAYS + 2)(self._draw_said)
        self._messages = lru_cache(2 * LONGEST_LATE_DAYS)(self._draw_messages)

    def exported(self, day: int) -> dict[str, Exported]:
        """What the shop system exports after a day, by feed: its own rows, late ones, new versions of older ones."""
        orders, items = [], []
        for earlier in self._days(day - LONGEST_COURSE_DAYS, day):
            sales, first = self.sales(earlier)
            orders.append(order_versions(sales, first, self._later.window, range(day, day + 1)))
            items.append(item_versions(sales, first, self._later.window, range(day, day + 1)))
        known = {feed: exports.of_day(day) for feed, exports in self._crowd.exports.items()}
        events = [self._events(earlier)[0] for earlier in self._days(day - LONGEST_LATE_DAYS, day)]
        said = [self._said(earlier) for earlier in self._days(day - LONGEST_CASE_DAYS - LONGEST_LATE_DAYS, day)]
        messages = [
            self._messages(earlier) for earlier in self._days(day - LONGEST_REACTION_DAYS - LONGEST_LATE_DAYS, day)
        ]
        return {
            "customers": known["customers"],
            "orders": together([known["orders"], *orders]),
            "order_items": together([known["order_items"], *items]),
            "events": together([exports.of_day(day) for exports in events]),
            **{
                feed: together([known[feed], *(exports[feed].of_day(day) for exports in said)])
                for feed in ("tickets", "feedback")
            },
            "survey_preferences": known["survey_preferences"],
            "consents": known["consents"],
            "campaign_messages": together([exports.of_day(day) for exports in messages]),
        }

    def carts(self, before: pa.Table, first: int, last: int) -> pa.Table:
        """The truth about carts at the end of day `last`, from that `before` day `first`."""
        days, window = self._days(first, last), self._later.window
        touches = appended([self._events(day)[1] for day in days])
        placed = placed_orders([self.sales(day)[0] for day in days])
        since = window.end_of(first - 1) + 1
        return later_carts(before, since, touches, placed, self._crowd.population, window.end_of(last))

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

    def _draw_events(self, day: int) -> tuple[Exported, Touches]:
        """The events of the visits that end on a day, by the day of their export, and what is done to carts in them."""
        crowd, later, number = self._crowd, self._later, self._plan.file_number(day)
        there = self._there(day)
        rng = self._stream(Subject.VISITS, day)
        habit = habit_of_day(rng, taken(crowd.population.lives, there), taken(crowd.habits, there), day, later.shop)
        to_come = range(day, day + LONGEST_LEAD_DAYS)
        leads, firsts = (appended([_on(day, self._leads(to)[kind]) for to in to_come]) for kind in (0, 1))
        sales, _ = self.sales(day)
        visits = visit(rng, habit, leads, firsts, sales, crowd.population, later, range(day, day + 1), len(there))
        events, touches = draw_events(rng, number, visits, crowd.population, later)
        happened = np.full(len(events), day)
        late = self._stream(Subject.LATE_EVENTS, number)
        first = session_export_days(late, events, happened, later.window.days, later.shop)
        return event_exports(events, first, range(day, day + LONGEST_LATE_DAYS + 1)), touches

    def _draw_leads(self, to: int) -> tuple[Leads, Leads]:
        """The visits that lead to an order on day `to`, and those that lead to a registration on it."""
        population, shop = self._crowd.population, self._later.shop
        sales, _ = self.sales(to)
        order, at = draw_leads(self._stream(Subject.LEADS, to), population.lives, sales.placed, shop)
        leads = Leads(sales.placed.person[order], at, first_products(sales)[order])
        accounts = self._by_opening[slice(*np.searchsorted(self._openings, (to, to + 1)))]
        return leads, look_before_registering(self._stream(Subject.ARRIVALS, to), accounts, population, shop)

    def _draw_said(self, day: int) -> dict[str, Exported]:
        """What is said about the orders of a day, by the day of its export."""
        said = of_orders(self._plan.seed, self._plan.file_number(day), self.sales(day)[0], self._later)
        told = range(day, day + LONGEST_CASE_DAYS + LONGEST_LATE_DAYS + 1)
        return {feed: cases.exported(self._later.window, self._plan.days, told) for feed, cases in said.items()}

    def _draw_messages(self, day: int) -> Exported:
        """The events of the messages that are sent on a day, by the day of their export."""
        crowd, later, number = self._crowd, self._later, self._plan.file_number(day)
        accounts = int((crowd.population.accounts.person < len(self._there(day))).sum())
        sent = range(day, day + 1)
        events = messages(self._plan.seed, number, sent, crowd.population, crowd.consents, accounts, later)
        told = range(day, day + LONGEST_REACTION_DAYS + LONGEST_LATE_DAYS + 1)
        return without_dictionaries(events.exported(later.window, self._plan.days, told))

    def _there(self, day: int) -> np.ndarray:
        """The people of whom a day knows: whoever comes in a later month must not change its draws."""
        return np.arange(self._crowd.people_by_month[self._plan.month_of(day)])

    def _stream(self, subject: Subject, number: int) -> np.random.Generator:
        return stream(self._plan.seed, subject, number)


def _on(day: int, leads: Leads) -> Leads:
    return taken(leads, np.flatnonzero(np.floor(leads.at) == day))
