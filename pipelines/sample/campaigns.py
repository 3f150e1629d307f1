"""What the shop writes to whom and when. What becomes of it is reactions.py's.

A campaign goes out every few days to some of those who may be written to. Besides, some accounts get a series: message
after message for a month. In which months is decided in mailings.py, for series drive some people away.
"""

from dataclasses import dataclass

import numpy as np

from pipelines.sample.catalogue import CATEGORIES
from pipelines.sample.consents import CHANNELS, EMAIL, NO_CHANNEL, PUSH, SMS, Consents, tired_at
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.mailings import SERIES_DAYS, in_series
from pipelines.sample.people import Population
from pipelines.sample.records import appended, taken

CAMPAIGN_EVERY_DAYS = 3
CAMPAIGN_HOUR = 0.3  # of a day's traffic
CAMPAIGN_CHANNELS = (EMAIL, EMAIL, PUSH, EMAIL, SMS)  # in turn
AUDIENCES = ("everyone", *(f"likes {name}" for name in CATEGORIES), "reminders")  # in turn, but for the last
EVERYONE, LIKES_FIRST, REMINDERS = 0, 1, len(AUDIENCES) - 1


@dataclass(frozen=True)
class Messages:
    """One row a message: to which account (row of Accounts), when (position), how, to which audience.

    `campaign` is the day of its campaign, or the month of its series. The one after which people unsubscribe says when.
    """

    account: np.ndarray
    at: np.ndarray
    channel: np.ndarray
    audience: np.ndarray
    campaign: np.ndarray
    unsubscribed: np.ndarray


def draw_messages(
    rng: np.random.Generator,
    days: range,
    population: Population,
    consents: Consents,
    accounts: int,
    invented: InventedShop,
) -> Messages:
    """All messages that are sent on these days to the first `accounts` accounts, by time."""
    campaign_days = [day for day in days if day % CAMPAIGN_EVERY_DAYS == 0]
    months = range(days.start // SERIES_DAYS, (days.stop - 1) // SERIES_DAYS + 1)
    messages = appended(
        [
            *(_campaign(rng, day, population, consents, accounts, invented) for day in campaign_days),
            *(_series(rng, month, days, population, consents, accounts, invented) for month in months),
            _last_messages(days, population, consents, accounts),
        ]
    )
    return taken(messages, np.argsort(messages.at, kind="stable"))


def _campaign(
    rng: np.random.Generator,
    day: int,
    population: Population,
    consents: Consents,
    accounts: int,
    invented: InventedShop,
) -> Messages:
    """One message each to some of those who may be written to on the campaign's channel, and like what it is about."""
    turn = day // CAMPAIGN_EVERY_DAYS
    channel, audience = CAMPAIGN_CHANNELS[turn % len(CAMPAIGN_CHANNELS)], turn % REMINDERS
    granted, revoked = consents.granted[:accounts, channel], consents.revoked[:accounts, channel]
    may = (granted <= day) & ~(revoked <= day + 1)
    reach = invented.shop.campaign_reach
    if audience != EVERYONE:
        reach = invented.shop.liked_campaign_reach
        may &= (population.people.favourite == audience - LIKES_FIRST)[population.accounts.person[:accounts]]
    reached = np.flatnonzero(may)
    reached = reached[rng.random(len(reached)) < reach]
    at = day + CAMPAIGN_HOUR + 0.02 * rng.random(len(reached))
    return _messages(reached, at, channel, audience, day)


def _series(
    rng: np.random.Generator,
    month: int,
    days: range,
    population: Population,
    consents: Consents,
    accounts: int,
    invented: InventedShop,
) -> Messages:
    """The messages of a month's series on these days: at any time, on the channel that was granted when it began."""
    of, shop = population.accounts, invented.shop
    lots = population.lives.lots[of.person[:accounts]]
    row = np.flatnonzero(in_series(lots, month, shop) & (of.ordinal[:accounts] == 0))
    begins = np.maximum(of.registered[row], month * SERIES_DAYS)
    since, until = np.maximum(begins, days.start), min((month + 1) * SERIES_DAYS, days.stop)
    lasts = np.maximum(until - since, 0)
    channel = taken(consents, row).series_channel(begins)
    count = rng.poisson(shop.series_messages * lasts / SERIES_DAYS)
    at = np.repeat(since, count) + rng.random(count.sum()) * np.repeat(lasts, count)
    account, channel = np.repeat(row, count), np.repeat(channel, count)
    holds = (channel == NO_CHANNEL) | _holds(consents, account, channel, at)
    return _messages(account[holds], at[holds], channel[holds], REMINDERS, month)


def _holds(consents: Consents, account: np.ndarray, channel: np.ndarray, at: np.ndarray) -> np.ndarray:
    revoked = consents.revoked[account, np.minimum(channel, len(CHANNELS) - 1)]
    return ~(revoked <= at)


def _last_messages(days: range, population: Population, consents: Consents, accounts: int) -> Messages:
    """The messages after which people unsubscribe: the last of a series that made them tired, or any by e-mail."""
    tired = tired_at(population)[:accounts]
    revoked = consents.revoked[:accounts]
    is_last = (revoked >= days.start) & (revoked < days.stop)
    is_of_series = revoked == tired[:, None]
    is_last &= is_of_series | (np.arange(len(CHANNELS)) == EMAIL)
    account, channel = np.nonzero(is_last)
    at, of_series = revoked[account, channel], is_of_series[account, channel]
    day = np.floor(at).astype(np.int64)
    return Messages(
        account,
        np.maximum(np.maximum(at - 0.005, days.start), consents.granted[account, channel]),
        channel,
        np.where(of_series, REMINDERS, EVERYONE),
        np.where(of_series, day // SERIES_DAYS, day // CAMPAIGN_EVERY_DAYS * CAMPAIGN_EVERY_DAYS),
        at,
    )


def _messages(account: np.ndarray, at: np.ndarray, channel: np.ndarray | int, audience: int, campaign: int) -> Messages:
    size = len(account)
    of_audience, of_campaign = np.full(size, audience), np.full(size, campaign)
    return Messages(account, at, np.broadcast_to(channel, size), of_audience, of_campaign, np.full(size, np.nan))
