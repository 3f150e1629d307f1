"""When people visit the shop and why: out of habit, before a purchase, to order. What they do there is events.py's."""

from dataclasses import dataclass

import numpy as np

from pipelines.sample.catalogue import CATEGORIES, PRODUCTS_A_CATEGORY
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.parameters import Parameters
from pipelines.sample.people import People, Population
from pipelines.sample.purchases import CANCELLED, PURCHASE, Lives, Orders
from pipelines.sample.sales import Sales, account_in_use

HABIT, BEFORE_PURCHASE, ORDER_PLACED, ORDER_CANCELLED, ORDER_PENDING = range(5)
FADED = 0.15  # what is left of the habit on the day a person leaves
AFTERGLOW_DAYS = 10.0
INTEREST_DAYS = 40.0  # how long people who never buy keep coming
STRANGER = -1


@dataclass(frozen=True)
class Visits:
    """One row a visit: who (row of People, STRANGER for nobody), under which account (-1: none), and when it ends."""

    person: np.ndarray
    account: np.ndarray
    device: np.ndarray  # number of the browser or phone, unique to a person or to one stranger
    purpose: np.ndarray
    ends: np.ndarray  # seconds on the wall clock
    product: np.ndarray  # what they mostly look at (flat index of the catalogue)


def draw_visits(rng: np.random.Generator, population: Population, sales: Sales, invented: InventedShop) -> Visits:
    """All visits of one file: of its people, and of strangers in proportion."""
    lives, people, orders, shop = population.lives, population.people, sales.placed, invented.shop
    habit_person, habit_at = _habit(rng, lives, invented.window.days, shop)
    order, lead_at = _leads(rng, lives, orders, shop)
    browsing = np.append(habit_person, orders.person[order])
    at = np.append(habit_at, lead_at)
    account = account_in_use(rng, population.accounts, browsing, at, len(people.number))
    account[rng.random(len(at)) < shop.anonymous_visit] = -1
    bought = _first_product(sales)
    looked_at = np.append(_any_product(rng, people.favourite[habit_person]), bought[order])
    known = Visits(
        np.append(browsing, orders.person),
        np.append(account, sales.account),
        np.append(2 * people.number[browsing], 2 * people.number[orders.person]),
        np.concatenate([np.full(len(habit_at), HABIT), np.full(len(lead_at), BEFORE_PURCHASE), _purpose(orders)]),
        np.append(invented.window.seconds(at), sales.seconds),
        np.append(looked_at, bought),
    )
    return _with_strangers(rng, known, people, invented)


def _habit(rng: np.random.Generator, lives: Lives, days: int, shop: Parameters) -> tuple[np.ndarray, np.ndarray]:
    """Persons and positions of plain visits: steady while alive, fading before the person leaves, soon none after."""
    size = len(lives.registered)
    comes_daily = rng.random(size) < shop.daily_visitor
    eagerness = rng.gamma(0.7, 1 / 0.7, size) * np.where(comes_daily, shop.daily_visitor_factor, 1.0)
    rate = eagerness * shop.visits_a_year / 365 + 0.5 * lives.buying_rate
    loses_interest = lives.registered + rng.exponential(INTEREST_DAYS, size)
    leaves = np.where(lives.has_bought, lives.dropout, loses_interest)
    until = np.fmin(leaves, days)
    person = np.repeat(np.arange(size), rng.poisson(rate * (until - lives.registered)))
    at = lives.registered[person] + rng.random(len(person)) * (until - lives.registered)[person]
    remaining = (leaves[person] - at) / shop.fade_days
    stays = np.isnan(remaining) | (rng.random(len(person)) < FADED + (1 - FADED) * remaining)
    gone = np.nan_to_num(rate * FADED * AFTERGLOW_DAYS * (leaves < days))
    late_person = np.repeat(np.arange(size), rng.poisson(gone))
    late_at = leaves[late_person] + rng.exponential(AFTERGLOW_DAYS, len(late_person))
    late = late_at < days
    return np.append(person[stays], late_person[late]), np.append(at[stays], late_at[late])


def _leads(rng: np.random.Generator, lives: Lives, orders: Orders, shop: Parameters) -> tuple[np.ndarray, np.ndarray]:
    """Rows of orders and positions of the visits in the days before them; the last purchase of a leaver has few."""
    is_last = orders.placed == lives.dropout[orders.person]
    mean = np.where(is_last, 0.5, 1.0) * shop.visits_before_purchase
    order = np.repeat(np.arange(len(orders.person)), rng.poisson(mean))
    at = orders.placed[order] - rng.exponential(shop.lead_days, len(order))
    return order[at >= 0], at[at >= 0]


def _purpose(orders: Orders) -> np.ndarray:
    kinds = [orders.kind == PURCHASE, orders.kind == CANCELLED]
    return np.select(kinds, [ORDER_PLACED, ORDER_CANCELLED], ORDER_PENDING)


def _first_product(sales: Sales) -> np.ndarray:
    return sales.lines.product[np.searchsorted(sales.lines.order, np.arange(len(sales.seconds)))]


def _any_product(rng: np.random.Generator, favourite: np.ndarray) -> np.ndarray:
    other = rng.integers(0, len(CATEGORIES), len(favourite))
    category = np.where(rng.random(len(favourite)) < 0.6, favourite, other)
    return category * PRODUCTS_A_CATEGORY + rng.integers(0, PRODUCTS_A_CATEGORY, len(favourite))


def _with_strangers(rng: np.random.Generator, known: Visits, people: People, invented: InventedShop) -> Visits:
    count = rng.poisson(invented.shop.stranger_visit * len(known.person))
    host = rng.integers(0, len(people.number), count)  # lends the stranger a device number of its own
    any_time = invented.window.seconds(rng.random(count) * invented.window.days)
    return Visits(
        np.append(known.person, np.full(count, STRANGER)),
        np.append(known.account, np.full(count, -1)),
        np.append(known.device, 2 * people.number[host] + 1),
        np.append(known.purpose, np.full(count, HABIT)),
        np.append(known.ends, any_time),
        np.append(known.product, _any_product(rng, people.favourite[host])),
    )
