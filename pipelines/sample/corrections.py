"""How the register's entry of an account changes: addresses told later, mistyped phones put right, people who move."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sample import contacts
from pipelines.sample.clock import Window, timestamps
from pipelines.sample.dirt import UNKNOWN_BEFORE, earlier_state, replaced
from pipelines.sample.exports import State
from pipelines.sample.parameters import Parameters
from pipelines.sample.people import SINGLE, Accounts, People
from pipelines.sample.registrations import register
from pipelines.sample.texts import where


def register_states(
    rng: np.random.Generator,
    registrations: pa.Table,
    people: People,
    accounts: Accounts,
    window: Window,
    shop: Parameters,
) -> list[State]:
    """Each account as it was opened and, where `registrations` says that it changed, as it is since."""
    opened, updated = (_seconds(registrations[name]) for name in ("registered_at", "updated_at"))
    changes = updated > opened
    first = earlier_state(registrations, *UNKNOWN_BEFORE["customers"])
    for name in UNKNOWN_BEFORE["customers"][1]:
        known = where(changes, None, registrations[name].combine_chunks())
        first = replaced(first, name, known)
    was_mistyped = changes & _may_mistype(people)[accounts.person] & (rng.random(len(opened)) < shop.corrected_phone)
    mistyped = where(
        np.asarray(accounts.phone.is_valid()), contacts.phones(2 * people.number[accounts.person] + 1), None
    )
    first = replaced(first, "phone", where(was_mistyped, mistyped, accounts.phone))
    return [(first, window.day_of(opened)), (registrations, np.where(changes, window.day_of(updated), -1))]


def moved(
    rng: np.random.Generator,
    registrations: pa.Table,
    people: People,
    accounts: Accounts,
    opening: Window,
    horizon: Window,
    shop: Parameters,
) -> State:
    """The accounts of the opening after their people have moved, which some do while the shop goes on."""
    size = len(accounts.person)
    moves = rng.random(size) < shop.moves
    seconds = horizon.seconds(rng.uniform(opening.days, horizon.days, size))
    elsewhere = register(rng, people, accounts, horizon)
    table = replaced(registrations, "updated_at", timestamps(seconds))
    for name in ("province", "city", "address", "postal_code"):
        table = replaced(table, name, elsewhere[name])
    return table, np.where(moves, horizon.day_of(seconds), -1)


def _may_mistype(people: People) -> np.ndarray:
    """Whose phone is needed by nothing that belongs together: one account, which the e-mail of guest orders finds."""
    return (people.accounts == SINGLE) & people.may_order_as_guest & ~people.has_station_phone


def _seconds(moments: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(pc.cast(moments, pa.int64()))
