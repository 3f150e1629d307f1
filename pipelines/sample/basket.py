"""What is in an order: lines of products whose prices add up to the total, to the cent. Knows no person and no time."""

from dataclasses import dataclass

import numpy as np

from pipelines.sample.catalogue import DEAREST, Catalogue
from pipelines.sample.parameters import Parameters

LINE_COUNTS = (0.45, 0.25, 0.15, 0.10, 0.05)  # shares of orders with one to five lines
QUANTITIES = (0.75, 0.17, 0.08)
SMALLEST_ORDER = 500
FREE_SHIPPING_FROM = 9_900
SHIPPING_FEES = (600, 800, 1_200)


@dataclass(frozen=True)
class Lines:
    """Order lines, one row a line, by order. `order` is the row of the order; money is in cents.

    `discount` is a whole number of cents a piece, so that refunding some of the pieces needs no rounding.
    """

    order: np.ndarray
    product: np.ndarray
    quantity: np.ndarray
    unit_price: np.ndarray
    discount: np.ndarray

    @property
    def amount(self) -> np.ndarray:
        """What the line costs after its discount."""
        return self.quantity * self.unit_price - self.discount


@dataclass(frozen=True)
class Amounts:
    """The money of each order in cents: total = items - discount + shipping + tax, exactly."""

    items: np.ndarray
    discount: np.ndarray
    shipping: np.ndarray
    tax: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """What the buyer pays."""
        return self.items - self.discount + self.shipping + self.tax


def fill_baskets(
    rng: np.random.Generator,
    wanted: np.ndarray,
    favourite: np.ndarray,
    seeks_promotion: np.ndarray,
    is_plain: np.ndarray,
    catalogue: Catalogue,
    shop: Parameters,
) -> tuple[Amounts, Lines]:
    """Baskets whose totals come within some cents of `wanted`, most lines from the buyer's `favourite` category.

    Who `seeks_promotion` has coupons and lines that are marked down more often than others, who have fewer.
    Plain orders have no coupon, no shipping fee and no tax: a full refund of their lines is a refund of the total.
    """
    size = len(wanted)
    wanted = np.maximum(wanted.astype(np.int64), SMALLEST_ORDER)
    # One order in ten is shipped in a way that always costs; no fee is more than a third of an order.
    is_charged = (wanted < FREE_SHIPPING_FROM) | (rng.random(size) < 0.1)
    is_charged &= ~is_plain & (wanted > 3 * max(SHIPPING_FEES))
    shipping = np.where(is_charged, rng.choice(SHIPPING_FEES, size), 0)
    has_coupon = rng.random(size) < _share(shop.coupon, shop.promotion_seeker_coupon, seeks_promotion, shop)
    coupon = np.where(~is_plain & has_coupon, rng.choice([0.05, 0.1, 0.15], size), 0.0)
    tax_rate = np.where(~is_plain & (rng.random(size) < shop.cross_border), shop.cross_border_tax, 0.0)
    items_wanted = (wanted - shipping) / (1 + tax_rate - coupon)
    marked_down = _share(shop.marked_down_line, shop.promotion_seeker_marked_down, seeks_promotion, shop)
    lines = _draw_lines(rng, items_wanted, favourite, marked_down, catalogue, shop)
    items = np.bincount(lines.order, lines.amount, size).round().astype(np.int64)
    discount = np.floor(items * coupon).astype(np.int64)
    tax = np.round(items * tax_rate).astype(np.int64)
    return Amounts(items, discount, shipping, tax), lines


def _share(overall: float, of_seekers: float, seeks_promotion: np.ndarray, shop: Parameters) -> np.ndarray:
    """The share for each buyer, so that it is `overall` for all together."""
    of_others = (overall - shop.promotion_seeker * of_seekers) / (1 - shop.promotion_seeker)
    return np.where(seeks_promotion, of_seekers, max(of_others, 0.0))


def _draw_lines(
    rng: np.random.Generator,
    items: np.ndarray,
    favourite: np.ndarray,
    marked_down: np.ndarray,
    catalogue: Catalogue,
    shop: Parameters,
) -> Lines:
    # A small order has few lines, so that no piece costs next to nothing.
    most = np.maximum(items // 1_500, 1).astype(np.int64)
    counts = np.minimum(rng.choice(np.arange(1, 6), len(items), p=LINE_COUNTS), most)
    order = np.repeat(np.arange(len(items)), counts)
    weight = rng.gamma(3.0, size=len(order)) + 0.2
    amount = items[order] * weight / np.bincount(order, weight, len(items))[order]
    other = rng.integers(0, len(catalogue.list_price), len(order))
    category = np.where(rng.random(len(order)) < shop.favourite_line, favourite[order], other)
    dearest = catalogue.list_price[:, -1]
    category = sold_as(category, amount, catalogue)
    few = np.where(amount < 1_000, 1, rng.choice([1, 2, 3], len(order), p=QUANTITIES))
    quantity = np.maximum(few, np.ceil(amount / (0.8 * dearest[category]))).astype(np.int64)
    paid = np.maximum(np.round(amount / quantity), 50).astype(np.int64)
    is_marked_down = rng.random(len(order)) < marked_down[order]
    cut = np.where(is_marked_down, np.floor(paid * rng.choice([0.05, 0.1, 0.2], len(order))), 0).astype(np.int64)
    product = catalogue.at_price(category, (paid + cut).astype(float), rng.integers(0, 4, len(order)))
    return Lines(order, product, quantity, paid + cut, cut * quantity)


def sold_as(category: np.ndarray, amount: np.ndarray, catalogue: Catalogue) -> np.ndarray:
    """Of which category a line is that was to be of this one and costs so much.

    Nobody buys a camera's worth of books: what would take more than three pieces comes from the dearest category.
    """
    return np.where(amount > 3 * 0.8 * catalogue.list_price[category, -1], DEAREST, category)
