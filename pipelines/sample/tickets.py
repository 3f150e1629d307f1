"""The tickets feed: what people ask the service desk about their purchases, and how it answers.

Which purchases cause a ticket, a complaint or a late answer is drawn in purchases.py, for it may drive people away.
"""

import numpy as np
import pyarrow as pa

from pipelines.sample.cases import Cases, Step
from pipelines.sample.clock import DAY_SECONDS, timestamps
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.purchases import ANSWERED_LATE, COMPLAINT, TICKET
from pipelines.sample.sales import Sales
from pipelines.sample.texts import picked, where

TOPICS = ("delivery", "product", "invoice", "return", "payment", "other")
COMPLAINT_TOPICS = ("quality", "delivery", "damage", "wrong_item", "refund")
LEVELS = ("line", "technical", "quality")
LATE_FROM_SECONDS, LATEST_SECONDS = 25 * 3_600, 72 * 3_600  # of a first answer that comes late
NAMES_NO_ORDER = 0.1  # of tickets that are no complaint
NEVER_RESOLVED = 0.03
TELLS_SATISFACTION = 0.4


def draw_tickets(rng: np.random.Generator, file_number: int, sales: Sales, invented: InventedShop) -> Cases:
    """The tickets about some orders."""
    order = np.flatnonzero(sales.placed.service & TICKET)
    size = len(order)
    service = sales.placed.service[order]
    complains, is_late = (service & COMPLAINT) > 0, (service & ANSWERED_LATE) > 0
    ordered, delivered = sales.seconds[order], sales.course.delivered[order]
    after = np.where(complains, delivered + rng.random(size) * 1.5 * DAY_SECONDS, 0)
    before = ordered + rng.random(size) * (delivered - ordered + DAY_SECONDS)
    opened = np.where(complains, after, before).astype(np.int64)
    by_bot = ~complains & ~is_late & (rng.random(size) < 0.5)
    soon = np.where(by_bot, rng.integers(2, 60, size), 60 + np.minimum(rng.exponential(7_200, size), 20 * 3_600))
    waits = np.where(is_late, rng.integers(LATE_FROM_SECONDS, LATEST_SECONDS, size), soon).astype(np.int64)
    lasts = np.minimum(rng.exponential(np.where(complains, 1.5, 0.5), size), 7) * DAY_SECONDS
    responded = opened + waits
    is_resolved = rng.random(size) >= NEVER_RESOLVED
    resolved = responded + 60 + np.where(by_bot, lasts / 50, lasts).astype(np.int64)
    is_satisfied = rng.binomial(4, 0.8 - 0.35 * complains - 0.2 * is_late)
    tells = is_resolved & (rng.random(size) < TELLS_SATISFACTION)
    names_order = complains | (rng.random(size) >= NAMES_NO_ORDER)
    topic = where(
        complains, picked(rng, COMPLAINT_TOPICS, (4, 3, 2, 1, 1), size), picked(rng, TOPICS, (5, 3, 2, 2, 2, 1), size)
    )
    level = where(
        complains, picked(rng, LEVELS, (4, 3, 3), size), where(by_bot, LEVELS[0], picked(rng, LEVELS, (8, 2, 1), size))
    )
    row = pa.array(order)
    table = pa.table(
        {
            "ticket_id": pa.nulls(size, pa.string()),
            "account_id": sales.orders["account_id"].take(row),
            "order_id": where(names_order, sales.orders["order_id"].take(row).combine_chunks(), None),
            "opened_at": timestamps(opened),
            "first_response_at": timestamps(responded),
            "resolved_at": timestamps(resolved, is_resolved),
            "channel": where(by_bot, "bot", "human"),
            "level": level,
            "topic": topic,
            "is_complaint": complains,
            "csat": pa.array(1 + is_satisfied, mask=~tells),
        }
    )
    steps = [
        Step(responded, {"first_response_at": None}),
        Step(np.where(is_resolved, resolved, opened), {"resolved_at": None, "csat": None}),
    ]
    return Cases.of(rng, f"T{file_number:04d}", table, opened, steps, invented.shop)
