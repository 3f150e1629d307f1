"""Everybody who may be seen in some days after the opening: drawn again from the plan, never read from files."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from pipelines.sample.batch import draw_batch
from pipelines.sample.consents import Consents
from pipelines.sample.corrections import moved, register_states
from pipelines.sample.correspondence import of_accounts, of_orders
from pipelines.sample.course import LONGEST_COURSE_DAYS
from pipelines.sample.exports import Exported, state_exports, together
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.opening import opening_exports
from pipelines.sample.people import Accounts, Population, draw_people, open_accounts
from pipelines.sample.plan import MONTH_DAYS, Plan
from pipelines.sample.purchases import Orders, draw_lives_from, live_on
from pipelines.sample.records import appended, appended_columns, taken
from pipelines.sample.registrations import register
from pipelines.sample.streams import Subject, opening_stream, stream
from pipelines.sample.truth_tables import order_owners
from pipelines.sample.visits import Habits, draw_habits


@dataclass(frozen=True)
class Crowd:
    """The people of the opening and of some months after it, in one numbering, and what they do after the opening.

    `orders` are those of all the time to come, by time. `exports` hold, for those days, what is told of and by accounts
    and of the orders of the opening, and `under_way` the truth at its end about those that were under way.
    """

    population: Population
    habits: Habits
    consents: Consents
    orders: Orders
    people_by_month: list[int]
    exports: dict[str, Exported]
    under_way: pa.Table


@dataclass(frozen=True)
class _Part:
    population: Population
    habits: Habits
    consents: Consents
    orders: Orders
    exports: dict[str, Exported]
    under_way: pa.Table | None = None


def gather(plan: Plan, opening: InventedShop, later: InventedShop, days: range, months: int) -> Crowd:
    """The crowd of a stretch of days, with the newcomers of the first months after the opening."""
    parts = [_of_opening(plan, number, opening, later, days) for number in range(1, plan.batches + 1)]
    parts += [part for month in range(1, months + 1) if (part := _newcomers(plan, month, later, days))]
    people_by_month = [plan.customers, *(plan.newcomers(month).stop for month in range(1, months + 1))]
    exports = {
        feed: together([part.exports[feed] for part in parts if feed in part.exports]) for feed in parts[0].exports
    }
    under_way = pa.concat_tables([part.under_way for part in parts if part.under_way is not None])
    habits, consents = appended([part.habits for part in parts]), appended([part.consents for part in parts])
    return Crowd(_population(parts), habits, consents, _orders(parts), people_by_month, exports, under_way)


def _of_opening(plan: Plan, number: int, opening: InventedShop, later: InventedShop, days: range) -> _Part:
    rng = opening_stream(plan.seed, number)
    batch = draw_batch(rng, number, plan.batch(number), opening)
    habits = draw_habits(rng, batch.population.lives, opening.shop)
    rng = stream(plan.seed, Subject.LATER_LIVES, number)
    lives, orders = live_on(rng, batch.population.lives, plan.days, later.window.days, later.shop)
    people, accounts = batch.population.people, batch.population.accounts
    rng = stream(plan.seed, Subject.MOVES, number)
    after = moved(rng, batch.registrations, people, accounts, opening.window, later.window, later.shop)
    exports = opening_exports(plan, batch, opening, days, [after])
    recent = pa.array(batch.sales.placed.placed >= plan.days - LONGEST_COURSE_DAYS)
    truth = order_owners(people, batch.sales, opening.window.end_of(days.stop - 1)).filter(recent)
    population = Population(lives, people, accounts)
    consents, said = of_accounts(plan.seed, number, population, later)
    said |= of_orders(plan.seed, number, batch.sales, opening)
    exports |= {feed: cases.exported(opening.window, plan.days, days) for feed, cases in said.items()}
    return _Part(population, habits, consents, orders, exports, truth)


def _newcomers(plan: Plan, month: int, later: InventedShop, days: range) -> _Part | None:
    """The people of a month after the opening; None when nobody comes in it."""
    numbers, end = plan.newcomers(month), later.window.days
    if not numbers:
        return None
    rng = stream(plan.seed, Subject.NEWCOMERS, month)
    registered = plan.days + MONTH_DAYS * (month - 1 + rng.random(len(numbers)))
    lives, orders = draw_lives_from(rng, registered, end, later.shop)
    people = draw_people(rng, lives, numbers.start, plan.customers, later.shop)
    accounts = open_accounts(rng, people, lives, end)
    habits = draw_habits(rng, lives, later.shop)
    registrations = register(rng, people, accounts, later.window)
    rng = stream(plan.seed, Subject.CORRECTIONS, plan.batches + month)
    states = register_states(rng, registrations, people, accounts, later.window, later.shop)
    population = Population(lives, people, accounts)
    consents, said = of_accounts(plan.seed, plan.batches + month, population, later)
    exports = {feed: cases.exported(later.window, plan.days, days) for feed, cases in said.items()}
    exports["customers"] = state_exports(states, days)
    return _Part(population, habits, consents, orders, exports)


def _population(parts: list[_Part]) -> Population:
    populations = [part.population for part in parts]
    accounts = [population.accounts for population in populations]
    before = np.cumsum([0, *(some.people for some in accounts)])
    columns = {
        name: appended_columns([getattr(some, name) for some in accounts])
        for name in ("ordinal", "account_id", "registered", "email", "phone")
    }
    person = np.concatenate([some.person + start for some, start in zip(accounts, before, strict=False)])
    return Population(
        appended([population.lives for population in populations]),
        appended([population.people for population in populations]),
        Accounts(person=person, people=int(before[-1]), **columns),
    )


def _orders(parts: list[_Part]) -> Orders:
    before = np.cumsum([0, *(part.population.accounts.people for part in parts)])
    orders = appended(
        [replace(part.orders, person=part.orders.person + start) for part, start in zip(parts, before, strict=False)]
    )
    return taken(orders, np.lexsort((orders.person, orders.placed)))
