"""The random streams of a shop. Each has a name: what is drawn from one changes nothing in another, nor does order."""

from enum import IntEnum

import numpy as np


class Subject(IntEnum):
    """What is drawn from the streams after the opening; the opening itself has one stream for each batch."""

    NEWCOMERS = 1  # of a month
    LATER_LIVES = 2  # of a batch
    MOVES = 3  # of a batch
    CORRECTIONS = 4  # of a batch or month
    LATE_ORDERS = 5  # of a batch or day
    LATE_EVENTS = 6  # of a batch or day
    SALES = 7  # of a day, as all that follow
    LEADS = 8
    VISITS = 9
    DAMAGE = 10
    ARRIVALS = 11
    TICKETS = 12  # of a batch or day, as the next ones
    FEEDBACK = 13
    CAMPAIGNS = 14
    CONSENTS = 15  # of a batch or month, as the next one
    SURVEYS = 16


def opening_stream(seed: int, batch: int) -> np.random.Generator:
    """The stream of an opening batch, numbered from 1; 0 is that of the goods."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(batch,)))


def stream(seed: int, subject: Subject, number: int) -> np.random.Generator:
    """The stream of this subject with this number."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(subject, number)))
