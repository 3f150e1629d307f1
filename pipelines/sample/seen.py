"""What had shown of each person of a shop by a day, whether it tells of leaving or not. Weighs nothing.

The opening is drawn again from its plan, and of all that is drawn what comes later is left out. Known without error is
here what the exports only suggest: who is behind an account, a guest order or a device.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipelines.sample.batch import Batch, draw_batch
from pipelines.sample.campaigns import draw_messages
from pipelines.sample.catalogue import draw_catalogue
from pipelines.sample.clock import DAY_SECONDS
from pipelines.sample.consents import NO_CHANNEL, SMS, Consents, draw_consents
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.mailings import SERIES_DAYS, in_series
from pipelines.sample.plan import Plan
from pipelines.sample.purchases import PURCHASE, leaving_chance
from pipelines.sample.reactions import (
    BOUNCED,
    BY_PERSON,
    CLICKED,
    OPENS,
    OPENS_AFTER_LEAVING,
    SMS_CLICKS,
    draw_reactions,
)
from pipelines.sample.streams import Subject, opening_stream, stream
from pipelines.sample.visits import BEFORE_PURCHASE, HABIT, draw_habits, draw_visits

SURE = 50.0  # in log-odds


@dataclass(frozen=True)
class Seen:
    """One person who had bought by the day. Positions are days from the start of the window, ascending.

    `trouble` is the chance that what the service desk heard of the last purchase drove the person away, `visits` are
    those that paid for nothing. Each message says by `message_says` how much likelier its fate is of somebody who has
    left, in log-odds; each month with a series, which ended at `series`, by `series_says` how much likelier it is that
    it was the last straw than that it was not, apart from the chance of that. The rest is hidden from the shop.
    """

    number: int
    registered: float
    purchases: np.ndarray
    trouble: float
    visits: np.ndarray
    messages: np.ndarray
    message_says: np.ndarray
    series: np.ndarray
    series_says: np.ndarray
    is_in_series: bool
    buying_rate: float
    dropout_chance: float
    habit_rate: float
    minds_mail: bool


def people_seen(plan: Plan, day: float) -> Iterator[Seen]:
    """Everybody who had bought before position `day`, and what had shown of them by then."""
    opening = InventedShop(plan.customers, plan.opening, plan.rates, draw_catalogue(opening_stream(plan.seed, 0)))
    for number in range(1, plan.batches + 1):
        rng = opening_stream(plan.seed, number)
        batch = draw_batch(rng, number, plan.batch(number), opening)
        yield from _of_batch(rng, batch, plan, opening, day)


def _of_batch(rng: np.random.Generator, batch: Batch, plan: Plan, opening: InventedShop, day: float) -> Iterator[Seen]:
    lives, size, shop = batch.population.lives, len(batch.population.lives.registered), plan.rates
    before = rng.bit_generator.state
    habits = draw_habits(rng, lives, shop)
    rng.bit_generator.state = before  # the visits draw the habits once more
    visits = draw_visits(rng, batch.population, batch.sales, opening)
    visited, bought, registered = (
        (seconds - opening.window.start_seconds) / DAY_SECONDS
        for seconds in (visits.ends, batch.sales.seconds, opening.window.seconds(lives.registered))
    )
    is_plain = np.isin(visits.purpose, [HABIT, BEFORE_PURCHASE]) & (visits.person >= 0)
    visits_of = _by_person(size, visits.person, visited, is_plain & (visited >= 0) & (visited < day))
    orders = batch.sales.placed
    orders_of = _by_person(size, orders.person, bought, (orders.kind == PURCHASE) & (bought < day))
    consents = draw_consents(stream(plan.seed, Subject.CONSENTS, batch.number), batch.population, shop)
    whose, at, says = _messages(batch, plan, consents, opening)
    messages_of = _by_person(size, whose, at, at < day)
    months = range(int(day // SERIES_DAYS))
    ended = np.array([SERIES_DAYS * (month + 1) - 0.5 for month in months])  # at some hour of the last day
    is_of_series = np.stack([in_series(lives.lots, month, shop) for month in months], axis=1)
    series_say = np.stack([_series_says(batch, consents, month, plan) for month in months], axis=1)
    now = in_series(lives.lots, len(months), shop)
    for person in np.flatnonzero([len(rows) for rows in orders_of]):
        paid, series = orders_of[person], is_of_series[person]
        yield Seen(
            int(batch.population.people.number[person]),
            float(registered[person]),
            bought[paid],
            float(leaving_chance(orders.service[paid[-1:]], shop)[0]),
            visited[visits_of[person]],
            at[messages_of[person]],
            says[messages_of[person]],
            ended[series],
            series_say[person, series],
            bool(now[person]),
            float(lives.buying_rate[person]),
            float(lives.dropout_chance[person]),
            float(habits.rate[person]),
            bool(lives.minds_mail[person]),
        )


def _by_person(size: int, person: np.ndarray, at: np.ndarray, is_wanted: np.ndarray) -> list[np.ndarray]:
    """The wanted rows of each person, by time."""
    rows = np.flatnonzero(is_wanted)
    rows = rows[np.lexsort((at[rows], person[rows]))]
    return np.split(rows, np.searchsorted(person[rows], np.arange(1, size)))


def _messages(
    batch: Batch, plan: Plan, consents: Consents, opening: InventedShop
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of messages whose fate depends on it: to whom, when, and how much likelier that fate is after leaving."""
    population, accounts = batch.population, batch.population.accounts
    rng = stream(plan.seed, Subject.CAMPAIGNS, batch.number)
    days = range(opening.window.days)
    sent = draw_messages(rng, days, population, consents, len(accounts.person), opening)
    happens, _ = draw_reactions(rng, sent, population, opening.window)
    opens, clicks = happens[:, BY_PERSON], happens[:, CLICKED]
    alive = OPENS[sent.channel]
    gone = alive * OPENS_AFTER_LEAVING
    says = np.where(opens, np.log(OPENS_AFTER_LEAVING), np.log1p(-gone) - np.log1p(-alive))
    says = np.where(sent.channel == SMS, np.where(clicks, -SURE, -np.log1p(-SMS_CLICKS)), says)
    # The message after which somebody unsubscribes is opened whatever came before.
    counts = ~happens[:, BOUNCED] & np.isnan(sent.unsubscribed)
    return accounts.person[sent.account][counts], sent.at[counts], says[counts]


def _series_says(batch: Batch, consents: Consents, month: int, plan: Plan) -> np.ndarray:
    """Whoever leaves for a series on a channel takes back the consent to it on its last day; others seldom do."""
    accounts, end = batch.population.accounts, SERIES_DAYS * (month + 1)
    channel = consents.series_channel(np.maximum(accounts.registered, month * SERIES_DAYS))
    revoked = consents.revoked[np.arange(len(channel)), np.minimum(channel, NO_CHANNEL - 1)]
    is_last_day = (revoked >= end - 1) & (revoked < end)
    seldom = np.log(365 / max(plan.rates.revokes_a_year, 1e-9))
    is_silent = (channel == NO_CHANNEL) | (revoked < end - 1)
    told = np.select([is_silent, is_last_day], [0.0, seldom], -SURE)
    says = np.zeros(accounts.people)
    is_first = accounts.ordinal == 0
    says[accounts.person[is_first]] = told[is_first]
    return says
