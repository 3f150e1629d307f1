"""The truth about carts: which were paid, emptied or left, and whose people ordered after all. Draws nothing.

Counted are the carts of people who are logged in. A cart begins when something is put into it, and lives until its
person orders, takes out all of it, or does nothing with it for a day.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sample.clock import DAY_SECONDS, timestamps
from pipelines.sample.events import Touches
from pipelines.sample.people import Population
from pipelines.sample.records import appended, taken
from pipelines.sample.sales import Sales

LIFE_SECONDS = DAY_SECONDS  # without a touch
RESCUE_SECONDS = 3 * DAY_SECONDS  # after that
STATES = ("paid", "emptied", "abandoned", "open")
PAID, EMPTIED, ABANDONED, OPEN = range(len(STATES))
LONGEST_SECONDS = 2**34  # more than any moment is


@dataclass(frozen=True)
class Placed:
    """Orders, whatever became of them: whose (row of People), when, and their numbers."""

    person: np.ndarray
    seconds: np.ndarray
    order_id: pa.Array


def placed_orders(sales: list[Sales]) -> Placed:
    """All orders of some batches or days, of which there is at least one."""
    person = np.concatenate([some.placed.person for some in sales])
    seconds = np.concatenate([some.seconds for some in sales])
    return Placed(person, seconds, pa.concat_tables([some.orders for some in sales])["order_id"].combine_chunks())


@dataclass(frozen=True)
class _Steps:
    """Touches and orders by person and time; `started` is when a cart began of which one touch is left."""

    person: np.ndarray
    seconds: np.ndarray
    started: np.ndarray
    account_id: pa.Array
    order: np.ndarray  # row of Placed, -1 for a touch
    is_add: np.ndarray
    is_undone: np.ndarray  # put in, to be taken out again at once
    is_undoing: np.ndarray  # taken out so


def first_carts(touches: Touches, placed: Placed, population: Population, end: int) -> pa.Table:
    """The carts as they are at the second `end`, one row a cart."""
    return _fold(_touched(touches, population), placed, population, end)


def later_carts(
    before: pa.Table, since: int, touches: Touches, placed: Placed, population: Population, end: int
) -> pa.Table:
    """The carts of `before` and of what was done since the second `since`, as they are at the second `end`."""
    before = before.cast(pa.schema([_in_seconds(field) for field in before.schema]))
    rescued_until = pc.add(before["last_touch_at"].cast(pa.int64()), LIFE_SECONDS + RESCUE_SECONDS)
    may_be_rescued = pc.and_(pc.is_null(before["rescued_order_id"]), pc.greater_equal(rescued_until, since))
    goes_on = pc.or_(
        pc.equal(before["state"], STATES[OPEN]), pc.and_(pc.equal(before["state"], STATES[ABANDONED]), may_be_rescued)
    )
    waiting = _waiting(before.filter(goes_on), population)
    anew = _fold(appended([waiting, _touched(touches, population)]), placed, population, end)
    return pa.concat_tables([before.filter(pc.invert(goes_on)), anew]).sort_by(
        [("person_id", "ascending"), ("started_at", "ascending")]
    )


def _in_seconds(field: pa.Field) -> pa.Field:
    """Parquet knows no seconds."""
    return field.with_type(pa.timestamp("s")) if pa.types.is_timestamp(field.type) else field


def _fold(steps: _Steps, placed: Placed, population: Population, end: int) -> pa.Table:
    steps = _in_order(appended([steps, _ordered(placed)]))
    begins = np.ones(len(steps.person), bool)
    is_other = np.diff(steps.person) != 0
    begins[1:] = is_other | (steps.order[:-1] >= 0) | (np.diff(steps.seconds) > LIFE_SECONDS)
    # Where nothing else lies in the cart, it is empty again.
    lasting = np.cumsum(steps.is_add & ~steps.is_undone)
    cart = np.cumsum(begins) - 1
    lasting_before = np.append(0, lasting)[np.flatnonzero(begins)]
    is_emptied = steps.is_undoing & (lasting == lasting_before[cart])
    begins[1:] |= is_emptied[:-1]
    cart = np.cumsum(begins) - 1
    with_goods, place = np.unique(cart[steps.is_add], return_index=True)
    first = np.flatnonzero(steps.is_add)[place]
    last = np.append(np.flatnonzero(begins)[1:], len(cart))[with_goods] - 1
    return _table(population, steps, first, last, is_emptied[last], placed, end)


def _table(
    population: Population,
    steps: _Steps,
    first: np.ndarray,
    last: np.ndarray,
    is_emptied: np.ndarray,
    placed: Placed,
    end: int,
) -> pa.Table:
    """One row a cart from its `first` step to its `last`."""
    order = steps.order[last]
    touched = steps.seconds[last - (order >= 0)]
    is_over = [order >= 0, is_emptied, touched + LIFE_SECONDS <= end]
    state = np.select(is_over, [PAID, EMPTIED, ABANDONED], OPEN)
    rescued = np.where(state == ABANDONED, _rescue(placed, steps.person[first], touched), -1)
    order_id, rescued_order_id = (placed.order_id.take(pa.array(rows, mask=rows < 0)) for rows in (order, rescued))
    return pa.table(
        {
            "person_id": population.people.number[steps.person[first]],
            "account_id": steps.account_id.take(pa.array(first)),
            "started_at": timestamps(steps.started[first]),
            "last_touch_at": timestamps(touched),
            "state": pa.array(STATES).take(pa.array(state)),
            "order_id": order_id,
            "is_rescued": rescued >= 0,
            "rescued_order_id": rescued_order_id,
        }
    )


def _rescue(placed: Placed, person: np.ndarray, touched: np.ndarray) -> np.ndarray:
    """The row of the first order of each person in the days after a cart was left; -1 for none."""
    if not len(placed.person):
        return np.full(len(person), -1)
    keys = placed.person * LONGEST_SECONDS + placed.seconds
    order = np.argsort(keys, kind="stable")
    abandoned = person * LONGEST_SECONDS + touched + LIFE_SECONDS
    found = np.minimum(np.searchsorted(keys[order], abandoned, side="right"), len(order) - 1)
    waited = keys[order][found] - abandoned
    return np.where((waited > 0) & (waited <= RESCUE_SECONDS), order[found], -1)


def _touched(touches: Touches, population: Population) -> _Steps:
    account_id = population.accounts.account_id.take(pa.array(touches.account))
    is_undoing = touches.is_removal & touches.is_undone
    nothing = np.full(len(touches.person), -1)
    return _Steps(
        touches.person,
        touches.seconds,
        touches.seconds,
        account_id,
        nothing,
        touches.is_add,
        touches.is_undone,
        is_undoing,
    )


def _ordered(placed: Placed) -> _Steps:
    size, no = len(placed.person), np.zeros(len(placed.person), bool)
    nobody = pa.nulls(size, pa.string())
    return _Steps(placed.person, placed.seconds, placed.seconds, nobody, np.arange(size), no, no, no)


def _waiting(carts: pa.Table, population: Population) -> _Steps:
    size, no = len(carts), np.zeros(len(carts), bool)
    started, touched = (np.asarray(carts[name].cast(pa.int64()), np.int64) for name in ("started_at", "last_touch_at"))
    person = np.searchsorted(population.people.number, np.asarray(carts["person_id"]))
    account_id = carts["account_id"].combine_chunks()
    return _Steps(person, touched, started, account_id, np.full(size, -1), ~no, no, no)


def _in_order(steps: _Steps) -> _Steps:
    """By person and time; what was there first stays first."""
    return taken(steps, np.lexsort((steps.order >= 0, steps.seconds, steps.person)))
