"""The feed campaign_messages: what people and mail programs do with messages. Who gets which is campaigns.py's."""

import numpy as np
import pyarrow as pa

from pipelines.sample.campaigns import AUDIENCES, REMINDERS, Messages
from pipelines.sample.cases import Cases
from pipelines.sample.clock import DAY_SECONDS, Window, timestamps
from pipelines.sample.consents import CHANNELS, EMAIL, SMS
from pipelines.sample.exports import LONGEST_LATE_DAYS, export_days
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.lots import lot
from pipelines.sample.mailings import SERIES_DAYS
from pipelines.sample.people import Population
from pipelines.sample.texts import numbered

EVENTS = ("sent", "delivered", "bounced", "opened", "clicked", "unsubscribed")
# What can come of a message, in order: a mail program opens it, and a person may besides.
REACTIONS = ("sent", "delivered", "bounced", "opened", "opened", "clicked", "unsubscribed")
BOUNCED, BY_MACHINE, BY_PERSON, CLICKED = range(2, 6)
EVENT_OF_REACTION = np.array([EVENTS.index(name) for name in REACTIONS])
BOUNCES = 0.02
# Shares by channel (the last for messages on the shop's pages): of what is delivered, and of what is opened.
OPENS, CLICKS = np.array([0.24, 0.0, 0.09, 0.35]), np.array([0.18, 0.0, 0.3, 0.2])
SMS_CLICKS = 0.04
OPENS_AFTER_LEAVING = 0.1  # of what they would have opened
MACHINE_OPENS = 0.3  # of people: their mail program opens whatever comes
MAIL_PROGRAM = 10**6  # the number of that lot
LONGEST_REACTION_DAYS = 3


def message_events(
    rng: np.random.Generator, file_number: int, messages: Messages, population: Population, invented: InventedShop
) -> Cases:
    """The events of all messages, by time."""
    size, window = len(messages.at), invented.window
    happens, seconds = draw_reactions(rng, messages, population, window)
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


def draw_reactions(
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
