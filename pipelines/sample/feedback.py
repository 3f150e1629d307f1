"""The feedback feed: what people say of their purchases when these have come, and what the shop makes of it."""

import numpy as np
import pyarrow as pa

from pipelines.sample.cases import Cases, Step
from pipelines.sample.clock import DAY_SECONDS, timestamps
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.purchases import ANSWERED_LATE, COMPLAINT, PURCHASE
from pipelines.sample.sales import Sales
from pipelines.sample.texts import picked, where

KINDS = ("review", "rating", "nps", "survey")
REVIEW, RATING, NPS, SURVEY = range(len(KINDS))
KIND_SHARES = (0.40, 0.35, 0.17, 0.08)
TOPICS = ("quality", "delivery", "price", "packaging", "service")
PRAISE = (
    "Just as described",
    "很好，会再买",
    "Works well, arrived early",
    "My second one already",
    "Lovely, thank you",
)
BLAME = (
    "Not as described",
    "包装破了，有点失望",
    "Came late, and the box was open",
    "Too small",
    "Would not buy it again",
)
ANSWERED = 0.7  # of what is to be improved


def draw_feedback(rng: np.random.Generator, file_number: int, sales: Sales, invented: InventedShop) -> Cases:
    """The feedback about some orders: worse where there was trouble with them."""
    shop, service = invented.shop, sales.placed.service
    order = np.flatnonzero((sales.placed.kind == PURCHASE) & (rng.random(len(service)) < shop.feedback))
    size = len(order)
    kind = rng.choice(len(KINDS), size, p=KIND_SHARES)
    trouble = 0.45 * ((service[order] & COMPLAINT) > 0) + 0.2 * ((service[order] & ANSWERED_LATE) > 0)
    score = np.where(kind == NPS, 0, 1) + rng.binomial(np.where(kind == NPS, 10, 4), 0.85 - trouble)
    is_bad = score <= np.where(kind == NPS, 6, 3)
    submitted = sales.course.delivered[order] + (rng.uniform(0.3, 7.0, size) * DAY_SECONDS).astype(np.int64)
    is_answered = is_bad & (rng.random(size) < ANSWERED)
    answered = submitted + (rng.uniform(0.1, 6.0, size) * DAY_SECONDS).astype(np.int64)
    writes = (kind == REVIEW) | ((kind == SURVEY) & (rng.random(size) < 0.5))
    text = where(is_bad, picked(rng, BLAME, (1,) * len(BLAME), size), picked(rng, PRAISE, (1,) * len(PRAISE), size))
    first_line = np.searchsorted(sales.lines.order, order)
    product_id = invented.catalogue.product_id.take(pa.array(sales.lines.product[first_line]))
    row = pa.array(order)
    table = pa.table(
        {
            "feedback_id": pa.nulls(size, pa.string()),
            "account_id": sales.orders["account_id"].take(row),
            "order_id": sales.orders["order_id"].take(row),
            "product_id": where(kind <= RATING, product_id, None),
            "submitted_at": timestamps(submitted),
            "kind": pa.array(KINDS).take(pa.array(kind)),
            "score": score,
            "text": where(writes, text, None),
            "topic": picked(rng, TOPICS, (5, 3, 2, 1, 1), size),
            "status": where(is_bad, where(is_answered, "resolved", pa.array(["to_improve"] * size)), None),
            "answered_at": timestamps(answered, is_answered),
        }
    )
    step = Step(np.where(is_answered, answered, submitted), {"answered_at": None, "status": "to_improve"})
    return Cases.of(rng, f"F{file_number:04d}", table, submitted, [step], shop)
