"""The survey_preferences feed: what some people say that they like best, and mostly do."""

import numpy as np
import pyarrow as pa

from pipelines.sample.cases import Cases
from pipelines.sample.catalogue import CATEGORIES
from pipelines.sample.clock import timestamps
from pipelines.sample.contacts import PHONE_NUMBERS, SCRAMBLE
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.people import DEVICES, Population
from pipelines.sample.texts import numbered

ASKED_AFTER_DAYS = 90.0  # the account was opened, on average


def stated_preferences(rng: np.random.Generator, part: int, population: Population, invented: InventedShop) -> Cases:
    """The feed up to the end of the window; `part` sets its keys apart.

    Nobody answers any more after leaving. A sheet has one row each for the category and the device liked best.
    """
    shop, window = invented.shop, invented.window
    people, accounts, lives = population.people, population.accounts, population.lives
    size = len(accounts.person)
    at = accounts.registered + rng.exponential(ASKED_AFTER_DAYS, size)
    is_asked = (accounts.ordinal == 0) & (rng.random(size) < shop.surveyed)
    agrees = rng.random((2, size)) < shop.survey_agrees
    other_category, other_device = (rng.integers(1, len(values), size) for values in (CATEGORIES, DEVICES))
    answers = is_asked & (at < window.days) & ~(at > lives.dropout[accounts.person])
    row = np.flatnonzero(answers)
    row = row[np.argsort(at[row], kind="stable")]
    category = (people.favourite[accounts.person] + np.where(agrees[0], 0, other_category)) % len(CATEGORIES)
    device = (people.device[accounts.person] + np.where(agrees[1], 0, other_device)) % len(DEVICES)
    seconds = np.repeat(window.seconds(at[row]), 2)
    values = [pa.array(CATEGORIES).take(pa.array(category[row])), pa.array(DEVICES).take(pa.array(device[row]))]
    sheet = numbered(f"Q{part:04d}", (row + 1) * SCRAMBLE % PHONE_NUMBERS, 8)
    is_second = np.tile([0, 1], len(row))
    table = pa.table(
        {
            "survey_response_id": sheet.take(pa.array(np.repeat(np.arange(len(row)), 2))),
            "account_id": accounts.account_id.take(pa.array(np.repeat(row, 2))),
            "asked_at": timestamps(seconds),
            "attribute": pa.array(["category", "device"]).take(pa.array(is_second)),
            "value": pa.concat_arrays(values).take(pa.array(np.repeat(np.arange(len(row)), 2) + is_second * len(row))),
        }
    )
    return Cases.at_once(table, seconds)
