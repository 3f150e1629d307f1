"""The consents feed: on which channels each account may be written to, from when until when, and how that was said."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from pipelines.sample.cases import Cases
from pipelines.sample.clock import Window, timestamps
from pipelines.sample.contacts import PHONE_NUMBERS, SCRAMBLE
from pipelines.sample.mailings import SERIES_DAYS
from pipelines.sample.parameters import Parameters
from pipelines.sample.people import Accounts, Population
from pipelines.sample.purchases import MAIL
from pipelines.sample.texts import numbered

CHANNELS = ("email", "sms", "push")
EMAIL, SMS, PUSH = range(len(CHANNELS))
NO_CHANNEL = len(CHANNELS)
SOURCES = ("registration_form", "account_page", "unsubscribe_link")
REGISTRATION_FORM, ACCOUNT_PAGE, UNSUBSCRIBE_LINK = range(len(SOURCES))


@dataclass(frozen=True)
class Consents:
    """What each account (row of Accounts) has granted: shape (accounts, channels), positions, nan for never.

    `refuses` is where it was said that there is none.
    """

    granted: np.ndarray
    revoked: np.ndarray
    refuses: np.ndarray

    def hold(self, position: np.ndarray | float) -> np.ndarray:
        """On which channels each account may be written to at a position, or each at its own."""
        at = np.reshape(position, (-1, 1))
        return (self.granted <= at) & ~(self.revoked <= at)

    def series_channel(self, position: np.ndarray) -> np.ndarray:
        """The channel of a series that begins then: the first that is granted, else NO_CHANNEL."""
        holds = self.hold(position)
        return np.where(holds.any(axis=1), holds.argmax(axis=1), NO_CHANNEL)


def draw_consents(rng: np.random.Generator, population: Population, shop: Parameters) -> Consents:
    """What the accounts grant when they are opened, and take back some time later or when they are tired of mail."""
    people, accounts = population.people, population.accounts
    shape = (len(accounts.person), len(CHANNELS))
    has_no_email = (people.has_bad_email | people.has_blocked_contact)[accounts.person]
    has_email, has_phone = (np.asarray(of.is_valid()) for of in (accounts.email, accounts.phone))
    has_address = [has_email & ~has_no_email, has_phone, np.ones(shape[0], bool)]
    shares = [shop.grants_email, shop.grants_sms, shop.grants_push]
    grants = np.stack(has_address, axis=1) & (rng.random(shape) < shares)
    refuses = ~grants & (rng.random(shape) < [shop.refuses_email / (1 - shop.grants_email), 0.0, 0.0])
    opened = np.repeat(accounts.registered[:, None], len(CHANNELS), axis=1)
    revoked = opened + rng.exponential(365 / max(shop.revokes_a_year, 1e-9), shape)
    lasting = Consents(np.where(grants, opened, np.nan), np.where(grants, revoked, np.nan), refuses)
    tired = tired_at(population)
    is_tired_of = np.arange(len(CHANNELS)) == lasting.series_channel(series_begins(tired, accounts))[:, None]
    return replace(lasting, revoked=np.where(is_tired_of, np.fmin(lasting.revoked, tired[:, None]), lasting.revoked))


def tired_at(population: Population) -> np.ndarray:
    """When each account had enough of a series of messages; nan for never. A person gets them on the first account."""
    accounts, lives = population.accounts, population.lives
    tired = np.where(lives.cause == MAIL, lives.dropout, np.nan)[accounts.person]
    return np.where(accounts.ordinal == 0, tired, np.nan)


def series_begins(at: np.ndarray, accounts: Accounts) -> np.ndarray:
    """When the series of the month of a position begins for each account."""
    return np.maximum(np.floor(at / SERIES_DAYS) * SERIES_DAYS, accounts.registered)


def consent_changes(part: int, population: Population, consents: Consents, window: Window) -> Cases:
    """The feed up to the end of the window; `part` sets its keys apart."""
    opened = np.repeat(population.accounts.registered[:, None], len(CHANNELS), axis=1)
    said = [~np.isnan(consents.granted), consents.refuses, consents.revoked < window.days]
    account, channel = (np.concatenate(rows) for rows in zip(*map(np.nonzero, said), strict=True))
    kind = np.repeat(range(3), [of.sum() for of in said])
    is_revoked = kind == 2
    at = np.where(is_revoked, consents.revoked[account, channel], opened[account, channel])
    by_link = is_revoked & ((channel == EMAIL) | (at == tired_at(population)[account]))
    source = np.select([by_link, is_revoked], [UNSUBSCRIBE_LINK, ACCOUNT_PAGE], REGISTRATION_FORM)
    number = ((account * len(CHANNELS) + channel) * 2 + is_revoked + 1) * SCRAMBLE % PHONE_NUMBERS
    order = np.lexsort((number, at))
    seconds = window.seconds(at[order])
    table = pa.table(
        {
            "consent_id": numbered(f"N{part:04d}", number[order], 8),
            "account_id": population.accounts.account_id.take(pa.array(account[order])),
            "channel": pa.array(CHANNELS).take(pa.array(channel[order])),
            "is_granted": kind[order] == 0,
            "changed_at": timestamps(seconds),
            "source": pa.array(SOURCES).take(pa.array(source[order])),
        }
    )
    return Cases.at_once(table, seconds)
