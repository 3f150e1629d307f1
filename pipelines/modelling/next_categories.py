"""Next categories: what each customer's next order will hold. What counts as an order is dbt's to say."""

from typing import Any

import pandas as pd

from pipelines.modelling.scoring import Inputs, Score, Scored, Stream, Trained, Training
from pipelines.settings.model import Settings

INPUTS = {
    "lines": """
        select
            fct_orders.customer_id,
            fct_orders.purchase_number,
            fct_orders.order_date,
            dim_products.category,
            count(*) as line_count
        from marts.fct_order_items
        inner join marts.fct_orders on fct_order_items.order_id = fct_orders.order_id
        inner join marts.dim_products on fct_order_items.product_id = dim_products.product_id
        where fct_orders.purchase_number is not null and fct_order_items.quantity > 0
            and dim_products.category is not null
        group by all
    """,
    "night": "select as_of_date from ops.night",
}


def train(inputs: Inputs, settings: Settings) -> Trained:
    """How much each way to guess is worth, learned from past orders and measured on later ones."""
    from models.next_categories.forecast import train_next_categories

    learned = train_next_categories(inputs["lines"], _day(inputs))
    return Trained(learned.trained, Scored({}, learned.metrics, notes={"customer_next_categories": learned.notes}))


def among(inputs: Inputs, settings: Settings, model: Any) -> Any:
    """What customers' next categories are guessed by."""
    from models.next_categories.forecast import standard_of

    return standard_of(model, inputs["lines"], _day(inputs))


def score(inputs: Inputs, settings: Settings, standard: Any) -> Scored:
    """The likeliest categories of every customer who has bought one."""
    from models.next_categories.forecast import score_next_categories

    return Scored({"customer_next_categories": score_next_categories(standard, inputs["lines"])})


def _day(inputs: Inputs) -> pd.Timestamp:
    return pd.Timestamp(inputs["night"]["as_of_date"].iloc[0])


SCORE = Score(
    inputs=INPUTS,
    tables=("customer_next_categories",),
    call=score,
    training=Training(INPUTS, train, rows="lines", day="order_date"),
    stream=Stream("lines", among, batches=2),
)
