"""What is exported of an opening batch on which day: night by night, or after the opening when it had not ended yet."""

import numpy as np
import pyarrow as pa

from pipelines.sample.batch import Batch
from pipelines.sample.corrections import register_states
from pipelines.sample.exports import (
    Exported,
    State,
    event_exports,
    export_days,
    item_versions,
    order_versions,
    session_export_days,
    state_exports,
)
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.plan import Plan
from pipelines.sample.streams import Subject, stream


def opening_exports(
    plan: Plan, batch: Batch, opening: InventedShop, days: range, states_after: list[State]
) -> dict[str, Exported]:
    """Accounts, orders and lines of a batch, as exported on some days; `states_after` are those after the opening."""
    people, accounts, sales, window = batch.population.people, batch.population.accounts, batch.sales, opening.window
    rng = stream(plan.seed, Subject.CORRECTIONS, batch.number)
    states = register_states(rng, batch.registrations, people, accounts, window, opening.shop)
    rng = stream(plan.seed, Subject.LATE_ORDERS, batch.number)
    first = export_days(rng, window.day_of(sales.seconds), plan.days - 1, opening.shop)
    return {
        "customers": state_exports([*states, *states_after], days),
        "orders": order_versions(sales, first, window, days),
        "order_items": item_versions(sales, first, window, days),
    }


def opening_event_exports(plan: Plan, number: int, events: pa.Table, opening: InventedShop) -> Exported:
    """The events of a batch by the day of their export, all of them before the opening ends."""
    rng = stream(plan.seed, Subject.LATE_EVENTS, number)
    happened = opening.window.day_of(np.asarray(events["occurred_at"].cast(pa.int64())))
    first = session_export_days(rng, events, happened, plan.days - 1, opening.shop)
    return event_exports(events, first, range(plan.days))
