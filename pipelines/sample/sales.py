"""The orders and order_items feeds: who bought under which name, in what state, with which refunds."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.sample import contacts
from pipelines.sample.basket import Amounts, Lines, fill_baskets
from pipelines.sample.catalogue import Catalogue
from pipelines.sample.course import Course, draw_course
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.people import DEVICES, Accounts, People, Population, account_in_use, device_in_use
from pipelines.sample.purchases import PURCHASE, Orders
from pipelines.sample.texts import joined, money, numbered, picked, where

ORDERS_A_FILE = 10_000_000  # order numbers set aside for each file
LONGEST_DELIVERY_DAYS = 10.0


@dataclass(frozen=True)
class Sales:
    """The two feeds as they are at the end of the window, and what else is known: one row an order, money in cents."""

    orders: pa.Table
    items: pa.Table
    placed: Orders
    course: Course
    amounts: Amounts
    lines: Lines
    account: np.ndarray  # row of Accounts, -1 for a guest
    device: np.ndarray  # place in DEVICES
    seconds: np.ndarray
    refunded: np.ndarray


def sell(
    rng: np.random.Generator,
    file_number: int,
    orders: Orders,
    population: Population,
    invented: InventedShop,
) -> Sales:
    """Both feeds for some orders, by time. `file_number` sets their order numbers apart from those of other files."""
    size, shop, window = len(orders.person), invented.shop, invented.window
    people, accounts = population.people, population.accounts
    is_paid = orders.kind == PURCHASE
    is_returned, is_partly = _draw_refunded(rng, orders, invented)
    wanted = 100 * rng.gamma(shop.p, 1 / population.lives.spend_rate[orders.person])
    favourite, seeks_promotion = (of[orders.person] for of in (people.favourite, people.is_promotion_seeker))
    is_plain = is_returned | is_partly
    amounts, lines = fill_baskets(rng, wanted, favourite, seeks_promotion, is_plain, invented.catalogue, shop)
    refunded_quantity = _refunds(rng, lines, is_returned, is_partly)
    refunded = np.bincount(lines.order, lines.amount // lines.quantity * refunded_quantity, size).astype(np.int64)
    account = account_in_use(rng, accounts, orders.person, orders.placed)
    is_guest = people.may_order_as_guest[orders.person] & (rng.random(size) < shop.guest_order) & is_paid
    account[is_guest] = -1
    order_id = numbered("", file_number * ORDERS_A_FILE + np.arange(size), 9)
    seconds = window.seconds(orders.placed)
    buyers = _buyers(rng, account, accounts, people, orders.person)
    course = draw_course(rng, seconds, orders.kind, is_returned, window.end_seconds)
    device = device_in_use(rng, people, orders.person, shop)
    payment = _payment(rng, amounts, device)
    table = pa.table({"order_id": order_id, **buyers, **course.columns(window.end_seconds), **payment})
    items = _item_table(order_id, lines, refunded_quantity, invented.catalogue)
    return Sales(table, items, orders, course, amounts, lines, account, device, seconds, refunded)


def _draw_refunded(rng: np.random.Generator, orders: Orders, invented: InventedShop) -> tuple[np.ndarray, np.ndarray]:
    """Which orders come back as a whole, and which in part: only such as were delivered well before the end."""
    shop = invented.shop
    was_delivered = (orders.kind == PURCHASE) & (orders.placed < invented.window.days - LONGEST_DELIVERY_DAYS)
    fate = rng.random(len(orders.kind))
    is_returned = was_delivered & (fate < shop.returned)
    return is_returned, was_delivered & ~is_returned & (fate < shop.returned + shop.partly_refunded)


def _refunds(rng: np.random.Generator, lines: Lines, is_returned: np.ndarray, is_partly: np.ndarray) -> np.ndarray:
    """Pieces given back on each line: all of a returned order, some of the first line of a partly refunded one."""
    is_first = np.diff(lines.order, prepend=-1) > 0
    some = rng.integers(1, lines.quantity + 1)
    partly = np.where(is_first & is_partly[lines.order], some, 0)
    return np.where(is_returned[lines.order], lines.quantity, partly)


def _buyers(
    rng: np.random.Generator, account: np.ndarray, accounts: Accounts, people: People, person: np.ndarray
) -> dict[str, pa.Array]:
    """Account or guest contacts. A guest always leaves the e-mail, in any spelling, and one in two the phone."""
    size = len(account)
    guest = account < 0
    email, phone = people.email.take(pa.array(person)), people.phone.take(pa.array(person))
    email = where(rng.random(size) < 0.4, contacts.retyped_email(email, rng), email)
    phone = where(rng.random(size) < 0.4, contacts.retyped_phone(phone, rng), phone)
    leaves_phone = guest & (rng.random(size) < 0.5) & ~people.has_station_phone[person]
    return {
        "account_id": accounts.account_id.take(pa.array(account, mask=guest)),
        "guest_email": where(guest, email, None),
        "guest_phone": where(leaves_phone, phone, None),
    }


def _payment(rng: np.random.Generator, amounts: Amounts, device: np.ndarray) -> dict[str, pa.Array]:
    size = len(amounts.total)
    code = joined("SAVE", pa.array(rng.integers(5, 16, size)).cast(pa.string()))
    return {
        "currency": pa.repeat(pa.scalar("CNY"), size),
        "total": money(amounts.total),
        "discount": money(amounts.discount),
        "shipping": money(amounts.shipping),
        "tax": money(amounts.tax),
        "payment_method": picked(rng, ("wallet", "card", "bank_transfer", "cash_on_delivery"), (60, 28, 7, 5), size),
        "device": where(rng.random(size) < 0.02, None, pa.array(DEVICES).take(pa.array(device))),
        "coupon_code": where(amounts.discount > 0, code, None),
    }


def _item_table(order_id: pa.Array, lines: Lines, refunded_quantity: np.ndarray, catalogue: Catalogue) -> pa.Table:
    start = np.searchsorted(lines.order, lines.order)
    position = np.arange(len(lines.order)) - start + 1
    of_line = order_id.take(pa.array(lines.order))
    return pa.table(
        {
            "order_item_id": joined(of_line, "-", pa.array(position).cast(pa.string())),
            "order_id": of_line,
            "product_id": catalogue.product_id.take(pa.array(lines.product)),
            "quantity": pa.array(lines.quantity),
            "unit_price": money(lines.unit_price),
            "discount": money(lines.discount),
            "refunded_quantity": pa.array(refunded_quantity),
        }
    )
