"""The share of a customer's parcels that come back, as a score."""

from pipelines.modelling.scoring import Inputs, Score, Scored
from pipelines.settings.model import Settings

RETURNS = (
    "select customer_id, count(*) as return_count from marts.fct_returns group by customer_id order by customer_id"
)
ORDERS = "select customer_id, order_count from marts.dim_customers order by customer_id"


def score(inputs: Inputs, settings: Settings, model: None) -> Scored:
    """Returns per order of everybody who ordered."""
    joined = inputs["orders"].merge(inputs["returns"], on="customer_id").query("order_count > 0")
    risk = joined["return_count"] / joined["order_count"]
    return Scored(tables={"return_risk": joined[["customer_id"]].assign(return_share=risk.astype(float))})


SCORE = Score(inputs={"returns": RETURNS, "orders": ORDERS}, tables=("return_risk",), call=score)
