"""When people buy: the BG/NBD process, and the orders that came to nothing. What is in an order is basket.py's."""

from dataclasses import dataclass, replace

import numpy as np

from pipelines.sample.parameters import Parameters

PURCHASE, CANCELLED, PENDING = 0, 1, 2
MINUTE = 1 / 1440


@dataclass(frozen=True)
class Lives:
    """The hidden truth about each person, one row a person. Positions are days from the start of the window.

    `first_purchase` is nan when there is none in the window, `dropout` when the person never left (or never bought).
    `buying_rate` is purchases a day while alive, `dropout_chance` that of leaving after each repeat purchase,
    `spend_rate` the rate of the gamma distribution of an order's total in CNY.
    """

    registered: np.ndarray
    first_purchase: np.ndarray
    buying_rate: np.ndarray
    dropout_chance: np.ndarray
    spend_rate: np.ndarray
    dropout: np.ndarray

    @property
    def has_bought(self) -> np.ndarray:
        """Whether the person bought in the window."""
        return ~np.isnan(self.first_purchase)

    @property
    def is_alive(self) -> np.ndarray:
        """Whether the person has bought and not left by the end of the window."""
        return self.has_bought & np.isnan(self.dropout)

    def until(self, position: float) -> "Lives":
        """What has happened before this position."""
        first, dropout = (np.where(at < position, at, np.nan) for at in (self.first_purchase, self.dropout))
        return replace(self, first_purchase=first, dropout=dropout)


@dataclass(frozen=True)
class Orders:
    """Orders by time: whose (row of Lives), when (position), and what became of it (PURCHASE, CANCELLED, PENDING)."""

    person: np.ndarray
    placed: np.ndarray
    kind: np.ndarray


def draw_lives(rng: np.random.Generator, size: int, days: int, shop: Parameters) -> tuple[Lives, Orders]:
    """The people of one file and everything they ordered in the window."""
    growth = shop.registration_growth
    registered = days * (np.sqrt(1 + rng.random(size) * growth * (2 + growth)) - 1) / growth
    return draw_lives_from(rng, registered, days, shop)


def draw_lives_from(
    rng: np.random.Generator, registered: np.ndarray, days: int, shop: Parameters
) -> tuple[Lives, Orders]:
    """The lives of people who come at `registered`, and everything they ordered before the end of day `days`."""
    size = len(registered)
    at_once = rng.random(size) < shop.buys_at_registration
    delay = np.where(at_once, rng.uniform(2, 40, size) * MINUTE, rng.exponential(shop.first_purchase_delay_days, size))
    first = registered + delay
    first[(rng.random(size) < shop.never_buys) | (first >= days)] = np.nan
    buying_rate = rng.gamma(shop.r, 1 / shop.alpha, size)
    dropout_chance = rng.beta(shop.a, shop.b, size)
    spend_rate = rng.gamma(shop.q, 1 / shop.v, size)
    repeats, dropout = _repeat_purchases(rng, first, buying_rate, dropout_chance, days)
    lives = Lives(registered, first, buying_rate, dropout_chance, spend_rate, dropout)
    return lives, _with_unpaid_attempts(rng, _with_firsts(first, repeats), days, shop)


def live_on(rng: np.random.Generator, lives: Lives, since: int, days: int, shop: Parameters) -> tuple[Lives, Orders]:
    """The same people with what they do from the end of day `since` to that of day `days`, and the orders of that time.

    A Poisson process and a chance to leave have no memory: whoever is alive goes on as if the time began anew.
    """
    first = _late_firsts(rng, lives, since, days, shop)
    begin = np.where(lives.is_alive, float(since), first)
    repeats, dropout = _repeat_purchases(rng, begin, lives.buying_rate, lives.dropout_chance, days)
    older = replace(
        lives,
        first_purchase=np.where(lives.has_bought, lives.first_purchase, first),
        dropout=np.where(np.isnan(lives.dropout), dropout, lives.dropout),
    )
    return older, _with_unpaid_attempts(rng, _with_firsts(first, repeats), days, shop)


def _late_firsts(rng: np.random.Generator, lives: Lives, since: int, days: int, shop: Parameters) -> np.ndarray:
    """The first purchases of people who have not bought yet and are not of those who never do; else nan."""
    waited = (since - lives.registered) / shop.first_purchase_delay_days
    still_comes = (1 - shop.never_buys) * (1 - shop.buys_at_registration) * np.exp(-waited)
    comes = rng.random(len(waited)) < still_comes / (shop.never_buys + still_comes)
    first = since + rng.exponential(shop.first_purchase_delay_days, len(waited))
    return np.where(comes & ~lives.has_bought & (first < days), first, np.nan)


def _with_firsts(first: np.ndarray, repeats: Orders) -> Orders:
    buyers = np.flatnonzero(~np.isnan(first))
    person, placed = np.append(buyers, repeats.person), np.append(first[buyers], repeats.placed)
    return Orders(person, placed, np.zeros(len(person), np.int8))


def _repeat_purchases(
    rng: np.random.Generator, first: np.ndarray, buying_rate: np.ndarray, dropout_chance: np.ndarray, days: int
) -> tuple[Orders, np.ndarray]:
    """The repeat purchases, and each person's dropout (nan while alive).

    Given their number, the moments of a Poisson process are uniform; a person leaves after a geometric number of repeat
    purchases. So both are drawn for the whole window at once and the purchases after the leaving are struck out.
    """
    at_risk = np.where(np.isnan(first), 0.0, days - first)
    wished = rng.poisson(buying_rate * at_risk)
    lasts = rng.geometric(np.maximum(dropout_chance, 1e-9))
    person = np.repeat(np.arange(len(first)), wished)
    placed = first[person] + rng.random(len(person)) * at_risk[person]
    order = np.lexsort((placed, person))
    placed = placed[order]
    rank = np.arange(len(person)) - (np.cumsum(wished) - wished)[person] + 1
    dropout = np.full(len(first), np.nan)
    leaves = rank == lasts[person]
    dropout[person[leaves]] = placed[leaves]
    made = rank <= lasts[person]
    return Orders(person[made], placed[made], np.zeros(made.sum(), np.int8)), dropout


def _with_unpaid_attempts(rng: np.random.Generator, purchases: Orders, days: int, shop: Parameters) -> Orders:
    """The purchases with cancelled and pending orders added: extra ones, so that the paid ones stay BG/NBD."""
    kinds, shares = (CANCELLED, PENDING), (shop.cancelled_attempt, shop.pending_attempt)
    drawn = [np.flatnonzero(rng.random(len(purchases.person)) < share) for share in shares]
    source = np.concatenate(drawn)
    kind = np.repeat(kinds, [len(rows) for rows in drawn]).astype(np.int8)
    placed = purchases.placed[source] + rng.uniform(0.02, 3.0, len(source))
    inside = placed < days
    person = np.append(purchases.person, purchases.person[source][inside])
    placed = np.append(purchases.placed, placed[inside])
    kind = np.append(purchases.kind, kind[inside])
    order = np.lexsort((person, placed))
    return Orders(person[order], placed[order], kind[order])
