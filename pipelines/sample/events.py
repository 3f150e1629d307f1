"""The events feed: what happens during a visit. When and why people visit is decided in visits.py."""

import numpy as np
import pyarrow as pa

from pipelines.sample.catalogue import CATEGORIES, PRODUCTS_A_CATEGORY
from pipelines.sample.clock import Window, timestamps
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.people import Accounts
from pipelines.sample.texts import numbered
from pipelines.sample.visits import Visits

TYPES = ("login", "search", "view", "add_to_cart", "remove_from_cart", "checkout", "purchase", "cancel")
LOGIN, SEARCH, VIEW = 0, 1, 2
# Chance of each type in a visit, by purpose; for views the mean number beyond the first one.
HAPPENS = np.array(
    [
        (0.60, 0.35, 0.80, 0.12, 0.03, 0.01, 0.0, 0.0),  # out of habit
        (0.60, 0.60, 1.20, 0.50, 0.06, 0.10, 0.0, 0.0),  # before a purchase
        (0.60, 0.15, 0.20, 1.00, 0.05, 1.00, 1.0, 0.0),  # an order placed
        (0.60, 0.15, 0.20, 1.00, 0.05, 1.00, 0.0, 1.0),  # an order cancelled
        (0.60, 0.15, 0.20, 1.00, 0.05, 1.00, 0.0, 0.0),  # an order never paid
    ]
)
LONGEST_STEP_SECONDS = 120
DEVICES = ("app", "mini_program", "desktop")
REFERRERS = ("direct", "search", "social", "advert", "newsletter")


def draw_events(
    rng: np.random.Generator, file_number: int, visits: Visits, accounts: Accounts, invented: InventedShop
) -> pa.Table:
    """The events of one file by time. Visits without an account have a device but no account, and no log-in."""
    counts = _counts(rng, visits)
    visit = np.repeat(np.arange(len(counts)), counts.sum(axis=1))
    kind = np.repeat(np.tile(np.arange(len(TYPES), dtype=np.int8), len(counts)), counts.ravel())
    seconds = _moments(rng, counts.sum(axis=1), visits, accounts, invented.window)
    order = np.argsort(seconds, kind="stable")
    visit, kind, seconds = visit[order], kind[order], seconds[order]
    product = _products(rng, visits.product[visit])
    product_row = pa.array(product, mask=np.isin(kind, [LOGIN, SEARCH]))
    account = visits.account[visit]
    return pa.table(
        {
            "event_id": numbered(f"E{file_number:04d}", np.arange(len(visit)), 8),
            "occurred_at": timestamps(seconds),
            "account_id": pa.DictionaryArray.from_arrays(pa.array(account, mask=account < 0), accounts.account_id),
            "anonymous_id": numbered("D", visits.device, 9).take(pa.array(visit)),
            "session_id": numbered(f"S{file_number:04d}", np.arange(len(counts)), 8).take(pa.array(visit)),
            "type": _coded(kind, TYPES),
            "product_id": pa.DictionaryArray.from_arrays(product_row, invented.catalogue.product_id),
            "search_query": _queries(kind, product),
            "device": _coded(rng.choice(3, len(counts), p=[0.5, 0.3, 0.2])[visit], DEVICES),
            "referrer": _coded(rng.choice(5, len(counts), p=[0.45, 0.2, 0.15, 0.12, 0.08])[visit], REFERRERS),
        }
    )


def _counts(rng: np.random.Generator, visits: Visits) -> np.ndarray:
    """How often each type happens in each visit, shape (visits, types)."""
    counts = (rng.random((len(visits.purpose), len(TYPES))) < HAPPENS[visits.purpose]).astype(np.int64)
    counts[:, VIEW] = 1 + rng.poisson(HAPPENS[visits.purpose, VIEW])
    counts[visits.account < 0, LOGIN] = 0
    return counts


def _moments(
    rng: np.random.Generator, events: np.ndarray, visits: Visits, accounts: Accounts, window: Window
) -> np.ndarray:
    """Seconds of the events: steps of up to two minutes that lead to the end of the visit."""
    visit = np.repeat(np.arange(len(events)), events)
    step = rng.integers(5, LONGEST_STEP_SECONDS, len(visit))
    passed = np.cumsum(step)
    at_end = np.repeat(passed[np.cumsum(events) - 1], events)
    seconds = visits.ends[visit] - (at_end - passed)
    # Nobody logs in before the account is there, and the log begins with the window.
    opened = window.seconds(np.append(accounts.registered, 0.0))[visits.account[visit]]
    return np.maximum(seconds, opened)


def _products(rng: np.random.Generator, looked_at: np.ndarray) -> np.ndarray:
    """Mostly the product of the visit, else another one of its category."""
    first_of_category = looked_at // PRODUCTS_A_CATEGORY * PRODUCTS_A_CATEGORY
    other = first_of_category + rng.integers(0, PRODUCTS_A_CATEGORY, len(looked_at))
    return np.where(rng.random(len(looked_at)) < 0.7, looked_at, other)


def _queries(kind: np.ndarray, product: np.ndarray) -> pa.Array:
    words = pa.array([name.lower() for name in CATEGORIES])
    return pa.DictionaryArray.from_arrays(pa.array(product // PRODUCTS_A_CATEGORY, mask=kind != SEARCH), words)


def _coded(index: np.ndarray, values: tuple[str, ...]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int8)), pa.array(values))
