"""The events feed: what happens during a visit. When and why people visit is decided in visits.py."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sample.catalogue import CATEGORIES, PRODUCTS_A_CATEGORY
from pipelines.sample.clock import timestamps
from pipelines.sample.contacts import SCRAMBLE
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.parameters import Parameters
from pipelines.sample.people import DEVICES, SINGLE, Population
from pipelines.sample.texts import joined, numbered
from pipelines.sample.visits import BEFORE_PURCHASE, HABIT, STRANGER, Visits

# What happens in a visit, in this order: mostly one logs in first, sometimes only after some looking around.
STEPS = (
    *("login", "search", "view", "login"),
    *("add_to_cart", "add_to_cart", "remove_from_cart", "checkout", "purchase", "cancel"),
)
LOGIN, SEARCH, VIEW, LATE_LOGIN, ADD, ADD_OTHER, REMOVE, CHECKOUT, PURCHASE, CANCEL = range(len(STEPS))
TYPES = ("login", "search", "view", "add_to_cart", "remove_from_cart", "checkout", "purchase", "cancel")
TYPE_OF_STEP = np.array([TYPES.index(step) for step in STEPS], np.int8)
# Chance of each step in a visit, by purpose; for views the mean number beyond the first one. How often something is put
# into a cart without an order is a parameter.
HAPPENS = np.array(
    [
        (0.60, 0.35, 0.80, 0.0, 0.0, 0.00, 0.00, 0.15, 0.0, 0.0),  # out of habit
        (0.60, 0.60, 1.20, 0.0, 0.0, 0.00, 0.00, 0.20, 0.0, 0.0),  # before a purchase
        (0.60, 0.15, 0.20, 0.0, 1.0, 0.05, 0.05, 1.00, 1.0, 0.0),  # an order placed
        (0.60, 0.15, 0.20, 0.0, 1.0, 0.05, 0.05, 1.00, 0.0, 1.0),  # an order cancelled
        (0.60, 0.15, 0.20, 0.0, 1.0, 0.05, 0.05, 1.00, 0.0, 0.0),  # an order never paid
    ]
)
LONGEST_STEP_SECONDS = 120
APART_SECONDS = 3_600  # a cart that nobody orders is this far from whatever else its person does with carts
ANONYMOUS_NUMBERS = 10**9
QUERY_SHARES = (0.6, 0.3, 0.1)
REFERRERS = ("direct", "search", "social", "advert", "newsletter", "https://gifts.example.org/ideas")
REFERRER_SHARES = (0.20, 0.20, 0.15, 0.10, 0.07, 0.03, 0.25)  # the last of visits that came from nowhere known


@dataclass(frozen=True)
class Touches:
    """What accounts did to their carts, by time, one row a touch: whose (row of People), by which account, when."""

    person: np.ndarray
    account: np.ndarray
    seconds: np.ndarray
    is_add: np.ndarray
    is_removal: np.ndarray
    is_undone: np.ndarray  # of a visit that takes out again all that it put in


def draw_events(
    rng: np.random.Generator, file_number: int, visits: Visits, population: Population, invented: InventedShop
) -> tuple[pa.Table, Touches]:
    """The events of one file by time. Visits without an account have a device but no account, and no log-in."""
    accounts = population.accounts
    # Nobody logs in before the account is there, and the log begins with the window.
    opened = invented.window.seconds(np.append(accounts.registered, 0.0))[visits.account]
    counts, is_undone = _counts(rng, visits, _may_leave_a_cart(visits, opened, population), invented.shop)
    visit = np.repeat(np.arange(len(counts)), counts.sum(axis=1))
    step = np.repeat(np.tile(np.arange(len(STEPS), dtype=np.int8), len(counts)), counts.ravel())
    seconds = _moments(rng, counts.sum(axis=1), visits, opened)
    order = np.argsort(seconds, kind="stable")
    visit, step, seconds = visit[order], step[order], seconds[order]
    product = _products(rng, visits.product, is_undone, visit, step)
    product_row = pa.array(product, mask=np.isin(step, [LOGIN, LATE_LOGIN, SEARCH]))
    is_known_later = (counts[:, LATE_LOGIN] > 0)[visit] & (step < LATE_LOGIN)
    account = np.where(is_known_later, -1, visits.account[visit])
    scrambled = (visits.visitor * len(DEVICES) + visits.device + 1) * SCRAMBLE % ANONYMOUS_NUMBERS
    table = pa.table(
        {
            "event_id": numbered(f"E{file_number:04d}", np.arange(len(visit)), 8),
            "occurred_at": timestamps(seconds),
            "account_id": pa.DictionaryArray.from_arrays(pa.array(account, mask=account < 0), accounts.account_id),
            "anonymous_id": numbered("D", scrambled, 9).take(pa.array(visit)),
            "session_id": numbered(f"S{file_number:04d}", np.arange(len(counts)), 8).take(pa.array(visit)),
            "type": _coded(TYPE_OF_STEP[step], TYPES),
            "product_id": pa.DictionaryArray.from_arrays(product_row, invented.catalogue.product_id),
            "search_query": _queries(rng, step, product, invented),
            "device": _coded(visits.device[visit], DEVICES),
            "referrer": _coded(rng.choice(len(REFERRER_SHARES), len(counts), p=REFERRER_SHARES)[visit], REFERRERS),
        }
    )
    touch = np.flatnonzero((step >= ADD) & (step <= CHECKOUT) & (account >= 0))
    is_add, is_removal = np.isin(step[touch], [ADD, ADD_OTHER]), step[touch] == REMOVE
    of = visit[touch]
    return table, Touches(visits.person[of], account[touch], seconds[touch], is_add, is_removal, is_undone[of])


def _counts(
    rng: np.random.Generator, visits: Visits, may_leave_a_cart: np.ndarray, shop: Parameters
) -> tuple[np.ndarray, np.ndarray]:
    """How often each step happens in each visit, shape (visits, steps), and which visits empty what they fill."""
    drawn = rng.random((len(visits.purpose), len(STEPS)))
    counts = (drawn < HAPPENS[visits.purpose]).astype(np.int64)
    counts[:, VIEW] = 1 + rng.poisson(HAPPENS[visits.purpose, VIEW])
    counts[:, REMOVE] = counts[:, ADD_OTHER]  # what an order goes without after all
    leaves = np.isin(visits.purpose, [HABIT, BEFORE_PURCHASE])
    chance = np.where(visits.purpose == HABIT, shop.cart_of_habit, shop.cart_before_purchase)
    fills = leaves & may_leave_a_cart & (drawn[:, ADD] < chance)
    is_undone = fills & (drawn[:, REMOVE] < shop.cart_emptied)
    counts[leaves, ADD] = fills[leaves]
    counts[leaves, REMOVE] = is_undone[leaves]
    counts[leaves, CHECKOUT] *= (fills & ~is_undone)[leaves]
    counts[visits.account < 0, LOGIN] = 0
    counts[:, LATE_LOGIN] = counts[:, LOGIN] * (drawn[:, LATE_LOGIN] < shop.late_log_in)
    counts[:, LOGIN] -= counts[:, LATE_LOGIN]
    return counts, is_undone


def _may_leave_a_cart(visits: Visits, opened: np.ndarray, population: Population) -> np.ndarray:
    """Which visits may leave a cart that nobody orders.

    So that carts can be counted: those of people who have one account and are logged in to it, apart from their other
    visits and from the second in which the account was opened; and those of strangers, who never become known.
    """
    order = np.lexsort((visits.ends, visits.person))
    is_near = (np.diff(visits.person[order]) == 0) & (np.diff(visits.ends[order]) < APART_SECONDS)
    is_alone = np.ones(len(order), bool)
    is_alone[order[1:][is_near]] = False
    is_alone[order[:-1][is_near]] = False
    is_alone &= visits.ends > opened + APART_SECONDS
    is_single = population.people.accounts[visits.person] == SINGLE
    return (visits.person == STRANGER) | (is_single & (visits.account >= 0) & is_alone)


def _moments(rng: np.random.Generator, events: np.ndarray, visits: Visits, opened: np.ndarray) -> np.ndarray:
    """Seconds of the events: steps of up to two minutes that lead to the end of the visit."""
    visit = np.repeat(np.arange(len(events)), events)
    step = rng.integers(5, LONGEST_STEP_SECONDS, len(visit))
    passed = np.cumsum(step)
    at_end = np.repeat(passed[np.cumsum(events) - 1], events)
    seconds = visits.ends[visit] - (at_end - passed)
    return np.maximum(seconds, opened[visit])


def _products(
    rng: np.random.Generator, looked_at: np.ndarray, is_undone: np.ndarray, visit: np.ndarray, step: np.ndarray
) -> np.ndarray:
    """The product of the visit goes into the cart and is ordered; looked at is often another one of its category."""
    first_of_category = looked_at // PRODUCTS_A_CATEGORY * PRODUCTS_A_CATEGORY
    other = (
        first_of_category + (looked_at - first_of_category + rng.integers(1, 20, len(looked_at))) % PRODUCTS_A_CATEGORY
    )
    # What is taken out again at once is any product, so that it is none that lay in the cart before.
    held = np.where(is_undone, rng.integers(0, len(CATEGORIES) * PRODUCTS_A_CATEGORY, len(looked_at)), looked_at)
    viewed = first_of_category[visit] + rng.integers(0, PRODUCTS_A_CATEGORY, len(visit))
    is_viewed = (step < ADD) & (rng.random(len(visit)) >= 0.7)
    is_other = (step == ADD_OTHER) | ((step == REMOVE) & ~is_undone[visit])
    return np.select([is_viewed, is_other, step >= ADD], [viewed, other[visit], held[visit]], looked_at[visit])


def _queries(rng: np.random.Generator, step: np.ndarray, product: np.ndarray, invented: InventedShop) -> pa.Array:
    """Words searched for: the category mostly, or what the product is, or its brand too, in any spelling."""
    row = np.flatnonzero(step == SEARCH)
    searched = pa.array(product[row])
    words = [terms.take(searched) for terms in invented.catalogue.search_terms]
    query = pc.choose(pa.array(rng.choice(len(words), len(row), p=QUERY_SHARES)), *words)
    spelling = pa.array(rng.choice(3, len(row), p=(0.9, 0.06, 0.04)))
    query = pc.choose(spelling, query, pc.utf8_capitalize(query), joined(query, " "))
    place = np.full(len(step), -1)
    place[row] = np.arange(len(row))
    return query.take(pa.array(place, mask=place < 0))


def _coded(index: np.ndarray, values: tuple[str, ...]) -> pa.Array:
    """The value of each index; null where there is none of this number."""
    return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int8), mask=index >= len(values)), pa.array(values))
