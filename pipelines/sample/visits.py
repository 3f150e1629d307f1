"""When people visit the shop and why: out of habit, before a purchase, to order. What they do there is events.py's."""

from dataclasses import dataclass

import numpy as np

from pipelines.sample.catalogue import CATEGORIES, PRODUCTS_A_CATEGORY
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.parameters import Parameters
from pipelines.sample.people import DEVICE_SHARES, DEVICES, People, Population, account_in_use, device_in_use
from pipelines.sample.purchases import CANCELLED, PURCHASE, Lives, Orders
from pipelines.sample.sales import Sales

HABIT, BEFORE_PURCHASE, ORDER_PLACED, ORDER_CANCELLED, ORDER_PENDING = range(5)
EAGERNESS = 0.7  # shape of the gamma law of how gladly people come by; its mean is 1
FADED = 0.15  # what is left of the habit on the day a person leaves
AFTERGLOW_DAYS = 10.0
INTEREST_DAYS = 40.0  # how long people who never buy keep coming
LEADS_OF_LAST_PURCHASE = 0.5  # of the visits before another; of who leaves of itself after it
LEAST_LEAD_DAYS = 0.05
STRANGER = -1


@dataclass(frozen=True)
class Visits:
    """One row a visit: who (row of People, STRANGER for nobody), under which account (-1: none), and when it ends."""

    person: np.ndarray
    account: np.ndarray
    visitor: np.ndarray  # number unique to a person or to one stranger
    device: np.ndarray  # place in DEVICES; each visitor has one of each
    purpose: np.ndarray
    ends: np.ndarray  # seconds on the wall clock
    product: np.ndarray  # what they mostly look at (flat index of the catalogue)


@dataclass(frozen=True)
class Habits:
    """How often each person comes by without a reason (visits a day), and when who never buys stops coming."""

    rate: np.ndarray
    loses_interest: np.ndarray

    def leaves(self, lives: Lives) -> np.ndarray:
        """The position at which each person stops coming; nan when it is not known."""
        return np.where(lives.has_bought, lives.dropout, self.loses_interest)


@dataclass(frozen=True)
class Leads:
    """Visits that lead to a purchase or to a registration: whose, when (position), and the product looked at."""

    person: np.ndarray
    at: np.ndarray
    product: np.ndarray


def draw_visits(rng: np.random.Generator, population: Population, sales: Sales, invented: InventedShop) -> Visits:
    """All visits of one file: of its people, and of strangers in proportion."""
    lives, days, shop = population.lives, invented.window.days, invented.shop
    habit = _habit(rng, lives, draw_habits(rng, lives, shop), days, shop)
    order, lead_at = draw_leads(rng, lives, sales.placed, shop)
    leads = Leads(sales.placed.person[order], lead_at, first_products(sales)[order])
    accounts = population.accounts
    firsts = look_before_registering(rng, np.arange(len(accounts.person)), population, shop)
    return visit(rng, habit, leads, firsts, sales, population, invented, range(days), len(population.people.number))


def draw_habits(rng: np.random.Generator, lives: Lives, shop: Parameters) -> Habits:
    """Who comes seldom, who often and who daily."""
    size = len(lives.registered)
    comes_daily = rng.random(size) < shop.daily_visitor
    eagerness = rng.gamma(EAGERNESS, 1 / EAGERNESS, size) * np.where(comes_daily, shop.daily_visitor_factor, 1.0)
    rate = habit_rate(eagerness, lives.buying_rate, shop)
    return Habits(rate, lives.registered + rng.exponential(INTEREST_DAYS, size))


def habit_rate(eagerness: np.ndarray, buying_rate: np.ndarray, shop: Parameters) -> np.ndarray:
    """Plain visits a day."""
    return eagerness * shop.visits_a_year / 365 + 0.5 * buying_rate


def visit(
    rng: np.random.Generator,
    habit: tuple[np.ndarray, np.ndarray],
    leads: Leads,
    firsts: Leads,
    sales: Sales,
    population: Population,
    invented: InventedShop,
    days: range,
    people_so_far: int,
) -> Visits:
    """The visits of these days: plain ones (persons, positions), those before a purchase or account, and to order."""
    people, orders, shop = population.people, sales.placed, invented.shop
    habit_person, habit_at = habit
    person = np.concatenate([habit_person, leads.person, firsts.person])
    at = np.concatenate([habit_at, leads.at, firsts.at])
    account = account_in_use(rng, population.accounts, person, at)
    account[rng.random(len(at)) < shop.anonymous_visit] = -1
    looked_at = [_any_product(rng, people.favourite[habit_person]), leads.product, firsts.product]
    purposes = np.repeat([HABIT, BEFORE_PURCHASE, HABIT], [len(habit_at), len(leads.at), len(firsts.at)])
    known = Visits(
        np.append(person, orders.person),
        np.append(account, sales.account),
        np.append(2 * people.number[person], 2 * people.number[orders.person]),
        np.append(device_in_use(rng, people, person, shop), sales.device),
        np.append(purposes, _purpose(orders)),
        np.append(invented.window.seconds(at), sales.seconds),
        np.concatenate([*looked_at, first_products(sales)]),
    )
    return _with_strangers(rng, known, people, invented, days, people_so_far)


def _habit(
    rng: np.random.Generator, lives: Lives, habits: Habits, days: int, shop: Parameters
) -> tuple[np.ndarray, np.ndarray]:
    """Persons and positions of plain visits: steady while alive, fading before the person leaves, soon none after."""
    size, rate, leaves = len(lives.registered), habits.rate, habits.leaves(lives)
    until = np.fmin(leaves, days)
    person = np.repeat(np.arange(size), rng.poisson(rate * (until - lives.registered)))
    at = lives.registered[person] + rng.random(len(person)) * (until - lives.registered)[person]
    remaining = (leaves[person] - at) / shop.fade_days
    fades = ~np.isnan(remaining) & ~lives.leaves_suddenly[person]
    stays = ~fades | (rng.random(len(person)) < FADED + (1 - FADED) * remaining)
    gone = np.nan_to_num(rate * FADED * AFTERGLOW_DAYS * (leaves < days))
    late_person = np.repeat(np.arange(size), rng.poisson(gone))
    late_at = leaves[late_person] + rng.exponential(AFTERGLOW_DAYS, len(late_person))
    late = late_at < days
    return np.append(person[stays], late_person[late]), np.append(at[stays], late_at[late])


def habit_of_day(
    rng: np.random.Generator, lives: Lives, habits: Habits, day: int, shop: Parameters
) -> tuple[np.ndarray, np.ndarray]:
    """The same for one day: drawn at each person's full rate, then what has faded or not begun is struck out."""
    person = np.repeat(np.arange(len(habits.rate)), rng.poisson(habits.rate))
    at = day + rng.random(len(person))
    remaining = habits.leaves(lives)[person] - at
    fading = np.minimum(1, FADED + (1 - FADED) * remaining / shop.fade_days)
    fading = np.where(lives.leaves_suddenly[person], 1.0, fading)
    gone = FADED * np.exp(np.minimum(remaining, 0) / AFTERGLOW_DAYS)
    share = np.where(np.isnan(remaining), 1.0, np.where(remaining > 0, fading, gone))
    comes = (rng.random(len(person)) < share) & (lives.registered[person] <= at)
    return person[comes], at[comes]


def draw_leads(
    rng: np.random.Generator, lives: Lives, orders: Orders, shop: Parameters
) -> tuple[np.ndarray, np.ndarray]:
    """Rows of orders and positions of the visits in the days before them; the last purchase of a leaver has few."""
    is_last = (orders.placed == lives.dropout[orders.person]) & ~lives.leaves_suddenly[orders.person]
    mean = np.where(is_last, LEADS_OF_LAST_PURCHASE, 1.0) * shop.visits_before_purchase
    order = np.repeat(np.arange(len(orders.person)), rng.poisson(mean))
    at = orders.placed[order] - LEAST_LEAD_DAYS - rng.exponential(shop.lead_days, len(order))
    return order[at >= 0], at[at >= 0]


def look_before_registering(
    rng: np.random.Generator, accounts: np.ndarray, population: Population, shop: Parameters
) -> Leads:
    """The visits of people in the days before they open these accounts (rows), which nobody knows them by yet."""
    row = np.repeat(accounts, rng.poisson(shop.looks_before_registration, len(accounts)))
    at = population.accounts.registered[row] - rng.exponential(shop.lead_days, len(row))
    person = population.accounts.person[row]
    looked_at = _any_product(rng, population.people.favourite[person])
    return Leads(person[at >= 0], at[at >= 0], looked_at[at >= 0])


def _purpose(orders: Orders) -> np.ndarray:
    kinds = [orders.kind == PURCHASE, orders.kind == CANCELLED]
    return np.select(kinds, [ORDER_PLACED, ORDER_CANCELLED], ORDER_PENDING)


def first_products(sales: Sales) -> np.ndarray:
    """The product on the first line of each order."""
    return sales.lines.product[np.searchsorted(sales.lines.order, np.arange(len(sales.seconds)))]


def _any_product(rng: np.random.Generator, favourite: np.ndarray) -> np.ndarray:
    other = rng.integers(0, len(CATEGORIES), len(favourite))
    category = np.where(rng.random(len(favourite)) < 0.6, favourite, other)
    return category * PRODUCTS_A_CATEGORY + rng.integers(0, PRODUCTS_A_CATEGORY, len(favourite))


def _with_strangers(
    rng: np.random.Generator, known: Visits, people: People, invented: InventedShop, days: range, people_so_far: int
) -> Visits:
    count = rng.poisson(invented.shop.stranger_visit * len(known.person))
    host = rng.integers(0, people_so_far, count)  # lends the stranger a device number of its own
    any_time = invented.window.seconds(days.start + rng.random(count) * len(days))
    return Visits(
        np.append(known.person, np.full(count, STRANGER)),
        np.append(known.account, np.full(count, -1)),
        np.append(known.visitor, 2 * people.number[host] + 1),
        np.append(known.device, rng.choice(len(DEVICES), count, p=DEVICE_SHARES)),
        np.append(known.purpose, np.full(count, HABIT)),
        np.append(known.ends, any_time),
        np.append(known.product, _any_product(rng, people.favourite[host])),
    )
