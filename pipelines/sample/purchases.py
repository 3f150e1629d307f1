"""When people buy: the BG/NBD process, what cuts it short, and the orders that came to nothing.

What is in an order is basket.py's.
"""

from dataclasses import dataclass, replace

import numpy as np

from pipelines.sample.lots import draw_lots
from pipelines.sample.mailings import driven_away
from pipelines.sample.parameters import Parameters

PURCHASE, CANCELLED, PENDING = 0, 1, 2
MINUTE = 1 / 1440
# Why a person left: of BG/NBD's own accord, after trouble with an order, tired of mail.
OF_ITSELF, SERVICE, MAIL = range(3)
# What the service desk hears of a purchase; the marks add up.
TICKET, COMPLAINT, ANSWERED_LATE = 1, 2, 4


@dataclass(frozen=True)
class Lives:
    """The hidden truth about each person, one row a person. Positions are days from the start of the window.

    `first_purchase` is nan when there is none in the window, `dropout` when the person never left (or never bought).
    `buying_rate` is purchases a day while alive, `dropout_chance` that of leaving after each repeat purchase,
    `spend_rate` the rate of the gamma distribution of an order's total in CNY. `cause` is why a person left, when one
    did; `lots` decide about series of messages, which drive away only some of those who mind mail.
    """

    registered: np.ndarray
    first_purchase: np.ndarray
    buying_rate: np.ndarray
    dropout_chance: np.ndarray
    spend_rate: np.ndarray
    lots: np.ndarray
    minds_mail: np.ndarray
    dropout: np.ndarray
    cause: np.ndarray

    @property
    def has_bought(self) -> np.ndarray:
        """Whether the person bought in the window."""
        return ~np.isnan(self.first_purchase)

    @property
    def is_alive(self) -> np.ndarray:
        """Whether the person has bought and not left by the end of the window."""
        return self.has_bought & np.isnan(self.dropout)

    @property
    def leaves_suddenly(self) -> np.ndarray:
        """Who leaves without coming less and less before."""
        return ~np.isnan(self.dropout) & (self.cause != OF_ITSELF)

    def until(self, position: float) -> "Lives":
        """What has happened before this position."""
        first, dropout = (np.where(at < position, at, np.nan) for at in (self.first_purchase, self.dropout))
        return replace(self, first_purchase=first, dropout=dropout)


@dataclass(frozen=True)
class Orders:
    """Orders by time: whose (row of Lives), when (position), and what became of it (PURCHASE, CANCELLED, PENDING).

    `service` is what the service desk hears of it: nothing (0), or the marks from TICKET on.
    """

    person: np.ndarray
    placed: np.ndarray
    kind: np.ndarray
    service: np.ndarray


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
    lives = Lives(
        registered,
        first_purchase=first,
        buying_rate=rng.gamma(shop.r, 1 / shop.alpha, size),
        dropout_chance=rng.beta(shop.a, shop.b, size),
        spend_rate=rng.gamma(shop.q, 1 / shop.v, size),
        lots=draw_lots(rng, size),
        minds_mail=rng.random(size) < shop.minds_mail,
        dropout=np.full(size, np.nan),
        cause=np.full(size, OF_ITSELF, np.int8),
    )
    return _with_purchases(rng, lives, first, first, days, shop)


def live_on(rng: np.random.Generator, lives: Lives, since: int, days: int, shop: Parameters) -> tuple[Lives, Orders]:
    """The same people with what they do from the end of day `since` to that of day `days`, and the orders of that time.

    A Poisson process and a chance to leave have no memory: whoever is alive goes on as if the time began anew.
    """
    first = _late_firsts(rng, lives, since, days, shop)
    begin = np.where(lives.is_alive, float(since), first)
    older = replace(lives, first_purchase=np.where(lives.has_bought, lives.first_purchase, first))
    return _with_purchases(rng, older, first, begin, days, shop)


def _late_firsts(rng: np.random.Generator, lives: Lives, since: int, days: int, shop: Parameters) -> np.ndarray:
    """The first purchases of people who have not bought yet and are not of those who never do; else nan."""
    waited = (since - lives.registered) / shop.first_purchase_delay_days
    still_comes = (1 - shop.never_buys) * (1 - shop.buys_at_registration) * np.exp(-waited)
    comes = rng.random(len(waited)) < still_comes / (shop.never_buys + still_comes)
    first = since + rng.exponential(shop.first_purchase_delay_days, len(waited))
    return np.where(comes & ~lives.has_bought & (first < days), first, np.nan)


def _with_purchases(
    rng: np.random.Generator, lives: Lives, first: np.ndarray, begin: np.ndarray, days: int, shop: Parameters
) -> tuple[Lives, Orders]:
    """The lives with who leaves before the end of day `days`, and the orders from `begin` on, the `first` ones too.

    Given their number, the moments of a Poisson process are uniform; a person leaves after a geometric number of repeat
    purchases, and earlier after trouble with any purchase or when tired of mail. So all are drawn for the whole stretch
    at once and the purchases after the leaving are struck out.
    """
    at_risk = np.where(np.isnan(begin), 0.0, days - begin)
    wished = rng.poisson(lives.buying_rate * at_risk)
    lasts = rng.geometric(np.maximum(lives.dropout_chance, 1e-9))
    repeating, firsts = np.repeat(np.arange(len(begin)), wished), np.flatnonzero(~np.isnan(first))
    repeated = begin[repeating] + rng.random(len(repeating)) * at_risk[repeating]
    person, placed = np.append(firsts, repeating), np.append(first[firsts], repeated)
    order = np.lexsort((placed, person))
    person, placed = person[order], placed[order]
    start = np.searchsorted(person, person)
    rank = np.arange(len(person)) - start + np.isnan(first)[person]  # among the repeat purchases of the stretch
    service = _draw_service(rng, len(person), shop)
    of_itself = rank == lasts[person]
    leaves = of_itself | (rng.random(len(person)) < leaving_chance(service, shop))
    tired = driven_away(lives.lots, lives.minds_mail, lives.first_purchase, days, shop)
    tired[np.isnan(begin)] = np.nan
    left_before = np.cumsum(leaves) - leaves
    made = (left_before == left_before[start]) & ~(placed > tired[person])
    left = _left(lives, person[made & leaves], placed[made & leaves], of_itself[made & leaves], tired)
    purchases = Orders(person[made], placed[made], np.zeros(made.sum(), np.int8), service[made])
    return left, _with_unpaid_attempts(rng, purchases, days, shop)


def _left(lives: Lives, person: np.ndarray, placed: np.ndarray, of_itself: np.ndarray, tired: np.ndarray) -> Lives:
    """The lives with the leaving of those who leave after a purchase, and of the others who are `tired` of mail."""
    is_tired = ~np.isnan(tired)
    is_tired[person] = False
    dropout, cause = np.where(is_tired, tired, lives.dropout), np.where(is_tired, MAIL, lives.cause)
    dropout[person], cause[person] = placed, np.where(of_itself, OF_ITSELF, SERVICE)
    return replace(lives, dropout=dropout, cause=cause.astype(np.int8))


def _draw_service(rng: np.random.Generator, size: int, shop: Parameters) -> np.ndarray:
    has_ticket, complains, is_late = (
        rng.random(size) < share for share in (shop.ticket, shop.complaint, shop.late_reply)
    )
    return (has_ticket * (TICKET + COMPLAINT * complains + ANSWERED_LATE * is_late)).astype(np.int8)


def leaving_chance(service: np.ndarray, shop: Parameters) -> np.ndarray:
    """The chance to leave after a purchase for what the service desk heard of it."""
    complains, is_late = (service & COMPLAINT) > 0, (service & ANSWERED_LATE) > 0
    return shop.complaint_drives_away * complains + shop.late_reply_drives_away * is_late


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
    service = np.append(purchases.service, np.zeros(inside.sum(), np.int8))
    kind = np.append(purchases.kind, kind[inside])
    order = np.lexsort((person, placed))
    return Orders(person[order], placed[order], kind[order], service[order])


def service_drives_away(shop: Parameters) -> float:
    """The chance that a person leaves after a purchase for the service desk's part in it, whatever that will be."""
    of_ticket = shop.complaint * shop.complaint_drives_away + shop.late_reply * shop.late_reply_drives_away
    return shop.ticket * of_ticket
