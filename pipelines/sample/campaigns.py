"""The campaign_messages feed: what the shop writes to whom, and what people and their mail programs do with it.

A campaign goes out every few days to some of those who may be written to. Besides, some accounts get a series: message
after message for a month. In which months is decided in mailings.py, for series drive some people away.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.sample.cases import Cases
from pipelines.sample.catalogue import CATEGORIES
from pipelines.sample.clock import DAY_SECONDS, Window, timestamps
from pipelines.sample.consents import CHANNELS, EMAIL, NO_CHANNEL, PUSH, SMS, Consents, tired_at
from pipelines.sample.exports import LONGEST_LATE_DAYS, export_days
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.lots import lot
from pipelines.sample.mailings import SERIES_DAYS, in_series
from pipelines.sample.people import Population
from pipelines.sample.records import appended, taken
from pipelines.sample.texts import numbered

EVENTS = ("sent", "delivered", "bounced", "opened", "clicked", "unsubscribed")
# What can come of a message, in order: a mail program opens it, and a person may besides.
REACTIONS = ("sent", "delivered", "bounced", "opened", "opened", "clicked", "unsubscribed")
BY_MACHINE, BY_PERSON = 3, 4
EVENT_OF_REACTION = np.array([EVENTS.index(name) for name in REACTIONS])
CAMPAIGN_EVERY_DAYS = 3
CAMPAIGN_HOUR = 0.3  # of a day's traffic
CAMPAIGN_CHANNELS = (EMAIL, EMAIL, PUSH, EMAIL, SMS)  # in turn
AUDIENCES = ("everyone", *(f"likes {name}" for name in CATEGORIES), "reminders")  # in turn, but for the last
EVERYONE, LIKES_FIRST, REMINDERS = 0, 1, len(AUDIENCES) - 1
BOUNCES = 0.02
# Shares by channel (the last for messages on the shop's pages): of what is delivered, and of what is opened.
OPENS, CLICKS = np.array([0.24, 0.0, 0.09, 0.35]), np.array([0.18, 0.0, 0.3, 0.2])
SMS_CLICKS = 0.04
OPENS_AFTER_LEAVING = 0.1  # of what they would have opened
MACHINE_OPENS = 0.3  # of people: their mail program opens whatever comes
MAIL_PROGRAM = 10**6  # the number of that lot
LONGEST_REACTION_DAYS = 3


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
    file_number: int,
    days: range,
    population: Population,
    consents: Consents,
    accounts: int,
    invented: InventedShop,
) -> Cases:
    """The events of all messages that are sent on these days to the first `accounts` accounts."""
    campaign_days = [day for day in days if day % CAMPAIGN_EVERY_DAYS == 0]
    months = range(days.start // SERIES_DAYS, (days.stop - 1) // SERIES_DAYS + 1)
    messages = appended(
        [
            *(_campaign(rng, day, population, consents, accounts, invented) for day in campaign_days),
            *(_series(rng, month, days, population, consents, accounts, invented) for month in months),
            _last_messages(days, population, consents, accounts),
        ]
    )
    messages = taken(messages, np.argsort(messages.at, kind="stable"))
    return _events(rng, file_number, messages, population, invented)


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


def _events(
    rng: np.random.Generator, file_number: int, messages: Messages, population: Population, invented: InventedShop
) -> Cases:
    size, window = len(messages.at), invented.window
    happens, seconds = _reactions(rng, messages, population, window)
    message, reaction = np.nonzero(happens)
    # What would come after the end of the window comes at its end.
    moment = np.minimum(seconds[message, reaction], window.end_seconds)
    order = np.argsort(moment, kind="stable")
    message, reaction, moment = message[order], reaction[order], moment[order]
    late_days = export_days(rng, np.zeros(size, np.int64), LONGEST_LATE_DAYS, invented.shop)
    account = messages.account[message]
    table = pa.table(
        {
            "message_event_id": numbered(f"V{file_number:04d}", np.arange(len(message)), 8),
            "campaign_id": _campaign_ids(messages, window).take(pa.array(message)),
            "message_id": numbered(f"M{file_number:04d}", np.arange(size), 8).take(pa.array(message)),
            "account_id": pa.DictionaryArray.from_arrays(account, population.accounts.account_id),
            "channel": _coded(messages.channel[message], (*CHANNELS, "on_site")),
            "audience": _coded(messages.audience[message], AUDIENCES),
            "event": _coded(EVENT_OF_REACTION[reaction], EVENTS),
            "occurred_at": timestamps(moment),
            "is_machine_open": pa.array(reaction == BY_MACHINE, mask=~np.isin(reaction, [BY_MACHINE, BY_PERSON])),
        }
    )
    return Cases(table, moment, (), late_days[message])


def _reactions(
    rng: np.random.Generator, messages: Messages, population: Population, window: Window
) -> tuple[np.ndarray, np.ndarray]:
    """What comes of each message and in which second it would: shape (messages, reactions)."""
    size, channel = len(messages.at), messages.channel
    person = population.accounts.person[messages.account]
    lives = population.lives
    is_last = ~np.isnan(messages.unsubscribed)
    is_mail, has_left = channel == EMAIL, lives.dropout[person] <= messages.at
    bounces = np.isin(channel, [EMAIL, SMS]) & (rng.random(size) < BOUNCES) & ~is_last
    opens = rng.random(size) < OPENS[channel] * np.where(has_left, OPENS_AFTER_LEAVING, 1.0)
    opens = ~bounces & (opens | (is_last & (channel != SMS)))
    by_machine = is_mail & ~bounces & (lot(lives.lots, MAIL_PROGRAM) < MACHINE_OPENS)[person]
    clicks = opens & (rng.random(size) < CLICKS[channel])
    clicks |= (channel == SMS) & ~bounces & ~has_left & (rng.random(size) < SMS_CLICKS)
    happens = np.stack([np.ones(size, bool), ~bounces, bounces, by_machine, opens, clicks, is_last], axis=1)
    sent = window.seconds(messages.at)
    delivered = sent + rng.integers(1, 40, size)
    read = np.minimum(rng.exponential(14_400, size), (LONGEST_REACTION_DAYS - 1) * DAY_SECONDS).astype(np.int64)
    opened = delivered + 45 + read
    clicked = opened + rng.integers(3, 60, size)
    # The last message is looked at just before.
    ends = np.maximum(window.seconds(np.nan_to_num(messages.unsubscribed)), delivered)
    opened = np.where(is_last, np.maximum(ends - 30, delivered), opened)
    clicked = np.where(is_last, np.maximum(ends - 9, delivered), clicked)
    return happens, np.stack([sent, delivered, delivered, delivered + 2, opened, clicked, ends], axis=1)


def _campaign_ids(messages: Messages, window: Window) -> pa.Array:
    """Such as K20260615 for the campaign of a day and R20260603 for the series of a month by its first day."""
    key = messages.campaign * 2 + (messages.audience == REMINDERS)
    known, place = np.unique(key, return_inverse=True)
    names = [
        f"R{window.date_of(number * SERIES_DAYS):%Y%m%d}" if is_series else f"K{window.date_of(number):%Y%m%d}"
        for number, is_series in ((int(key) // 2, int(key) % 2) for key in known)
    ]
    return pa.DictionaryArray.from_arrays(pa.array(place.astype(np.int32)), pa.array(names, pa.string()))


def _coded(index: np.ndarray, values: tuple[str, ...]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int8)), pa.array(values))
