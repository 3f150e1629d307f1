"""Product affinities: what is bought together. What counts as an order is dbt's to say."""

from typing import Any

import pandas as pd

from pipelines.modelling.scoring import Inputs, Score, Scored, Trained, Training
from pipelines.settings.model import Settings

# what came back was wanted all the same, and that it would nobody knew when it was ordered
LINES = """
    select distinct
        fct_orders.order_id,
        fct_orders.customer_id,
        fct_orders.ordered_at,
        fct_orders.order_date,
        fct_order_items.product_id
    from marts.fct_order_items
    inner join marts.fct_orders on fct_order_items.order_id = fct_orders.order_id
    cross join ops.night
    where fct_orders.is_purchase and fct_order_items.quantity > 0 and fct_order_items.product_id is not null
        and fct_orders.order_date > night.as_of_date - interval {days} day
"""
NIGHT = "select as_of_date from ops.night"


def train(inputs: Inputs, settings: Settings) -> Trained:
    """How partners of a product are best ranked, chosen and measured on later orders."""
    from models.product_affinities.forecast import train_product_affinities

    learned = train_product_affinities(inputs["lines"], _day(inputs))
    return Trained(learned.trained, Scored({}, learned.metrics, notes={"product_affinities": learned.notes}))


def score(inputs: Inputs, settings: Settings, model: Any) -> Scored:
    """The pairs of the last year's orders."""
    from models.product_affinities.forecast import score_product_affinities

    pairs = score_product_affinities(model, inputs["lines"], _day(inputs))
    return Scored({"product_affinities": pairs}, notes={"product_affinities": _notes(inputs, pairs)})


def _day(inputs: Inputs) -> pd.Timestamp:
    return pd.Timestamp(inputs["night"]["as_of_date"].iloc[0])


def _notes(inputs: Inputs, pairs: pd.DataFrame) -> list[str]:
    if len(pairs):
        return []
    why = "no order with a product" if inputs["lines"].empty else "no two products met more often than by chance"
    return [f"No product pair is published: {why} in the last 365 days."]


SCORE = Score(
    inputs={"lines": LINES.format(days=365), "night": NIGHT},
    tables=("product_affinities",),
    call=score,
    # a year before the window that chooses, which ends where the test begins
    training=Training(
        {"lines": LINES.format(days=365 + 2 * 90), "night": NIGHT}, train, rows="lines", day="order_date"
    ),
)
