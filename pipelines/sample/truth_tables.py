"""The tables of the truth: who is behind each account, guest and order, and how each person lives. Draws nothing."""

import numpy as np
import pyarrow as pa

from pipelines.sample.catalogue import CATEGORIES
from pipelines.sample.clock import Window, timestamps
from pipelines.sample.course import STATES
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.mailings import SERIES_DAYS
from pipelines.sample.parameters import Parameters
from pipelines.sample.people import DEVICES, People, Population
from pipelines.sample.purchases import ANSWERED_LATE, COMPLAINT, PURCHASE, TICKET, Lives, service_drives_away
from pipelines.sample.sales import Sales

HORIZONS = (90, 365)
SERVICE_MARKS = {"has_ticket": TICKET, "has_complaint": COMPLAINT, "is_answered_late": ANSWERED_LATE}
CAUSES = ("itself", "service", "mail")  # of leaving, in the order of their numbers


def identities(population: Population, orders: pa.Table, of_person: pa.Table) -> pa.Table:
    """One row for each account, and for each person who ordered as a guest (the e-mail): whose it is."""
    people, accounts = population.people, population.accounts
    guests = np.searchsorted(people.number, np.unique(orders["person_id"].filter(orders["is_guest"])))
    person = np.append(accounts.person, guests)
    kind = pa.array(["account", "guest"]).take(pa.array(np.repeat([0, 1], [len(accounts.person), len(guests)])))
    identity = pa.concat_arrays([accounts.account_id, people.email.take(pa.array(guests))])
    columns = ("person_id", "purchase_rate", "dropout_probability", "alive_at_end", "dropout_at", "mean_spend")
    chosen = of_person.select(columns).take(pa.array(person))
    return pa.table({"identity_kind": kind, "identity": identity, **{name: chosen[name] for name in columns}})


def persons(population: Population, orders: pa.Table, invented: InventedShop) -> pa.Table:
    """One row a person, also those who have not bought; `orders` are theirs, as in `order_owners`.

    `purchase_rate` is purchases a day while alive (the lambda of BG/NBD), `dropout_probability` the chance to leave
    after a repeat purchase (its p), `left_because` why those left who did (`itself`: as BG/NBD has it), `mean_spend`
    the expected total of an order in CNY, `expected_purchases_<n>d` the mean number in the n days that follow, given
    all these, whether the person is alive and minds mail.
    """
    lives, people, window = population.lives, population.people, invented.window
    paid = orders.filter(orders["is_paid"])
    person, last = np.asarray(paid["person_id"]), people.number.max() + 1
    net = np.bincount(person, in_cents(paid["total"]) - in_cents(paid["refunded"]), last)[people.number]
    return pa.table(
        {
            "person_id": people.number,
            "registered_at": timestamps(window.seconds(lives.registered)),
            "is_guest_only": people.is_guest_only,
            "first_purchase_at": _moment(lives.first_purchase, window),
            "purchase_rate": lives.buying_rate,
            "dropout_probability": lives.dropout_chance,
            "alive_at_end": pa.array(lives.is_alive, mask=~lives.has_bought),
            "dropout_at": _moment(lives.dropout, window),
            "left_because": pa.array(CAUSES).take(pa.array(lives.cause, mask=np.isnan(lives.dropout))),
            "minds_mail": lives.minds_mail,
            "favourite_category": pa.array(CATEGORIES).take(pa.array(people.favourite)),
            "favourite_device": pa.array(DEVICES).take(pa.array(people.device)),
            "is_promotion_seeker": people.is_promotion_seeker,
            "mean_spend": invented.shop.p / lives.spend_rate,
            "purchases": np.bincount(person, minlength=last)[people.number],
            "net_sales": cents_to_decimal(net.round().astype(np.int64)),
            **{f"expected_purchases_{days}d": _expected(lives, days, invented.shop) for days in HORIZONS},
        }
    )


def order_owners(people: People, sales: Sales, end: int) -> pa.Table:
    """One row an order: the person, and what is true of it at the second `end`: paid or not, what was given back."""
    course, reached = sales.course, sales.course.state(end)
    refunded = np.where(course.closed <= end, sales.refunded, 0)
    return pa.table(
        {
            "order_id": sales.orders["order_id"],
            "person_id": people.number[sales.placed.person],
            "status": pa.array(STATES).take(pa.array(reached)),
            "is_paid": (course.kind == PURCHASE) & (course.paid <= end),
            "is_guest": sales.account < 0,
            "has_coupon": sales.amounts.discount > 0,
            **{name: (sales.placed.service & mark) > 0 for name, mark in SERVICE_MARKS.items()},
            "total": cents_to_decimal(sales.amounts.total),
            "refunded": cents_to_decimal(refunded),
        }
    )


def in_cents(money: pa.ChunkedArray) -> np.ndarray:
    """Whole cents of decimals, as floats (exact below 90 trillion)."""
    return np.round(np.asarray(money.cast(pa.float64())) * 100)


def cents_to_decimal(cents: np.ndarray) -> pa.Array:
    """Whole cents as decimal(18,2): the same integers, two words each."""
    words = np.stack([cents, cents >> 63], axis=1).astype("<i8")
    return pa.Decimal128Array.from_buffers(pa.decimal128(18, 2), len(cents), [None, pa.py_buffer(words.tobytes())])


def _moment(position: np.ndarray, window: Window) -> pa.Array:
    known = ~np.isnan(position)
    return timestamps(window.seconds(np.nan_to_num(position)), known)


def _expected(lives: Lives, days: int, shop: Parameters) -> pa.Array:
    """Mean number of purchases in the coming days: a Poisson process that ends by chance after each, or for mail.

    Mail drives people away at the end of a month; here it may at any time, which over some months is the same.
    """
    p = 1 - (1 - lives.dropout_chance) * (1 - service_drives_away(shop))
    a_month = shop.series_a_year * SERIES_DAYS / 365 * shop.series_drives_away
    ends = np.maximum(lives.buying_rate * p + lives.minds_mail * a_month / SERIES_DAYS, 1e-15)
    expected = -lives.buying_rate * np.expm1(-ends * days) / ends
    return pa.array(np.where(lives.is_alive, expected, 0.0), mask=~lives.has_bought)
