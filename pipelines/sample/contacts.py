"""Names, e-mails and phones of people who do not exist, and the ways they are typed. Who has which is in people.py."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sample.texts import joined

FAMILY_NAMES = (
    "Zorba",
    "Quenlo",
    "Mipha",
    "Tarvek",
    "Lundo",
    "Brisk",
    "Ovanti",
    "Felmar",
    "Garone",
    "Hexley",
    "Jurano",
    "Kelvo",
)
SYLLABLES = ("ka", "lo", "mi", "ren", "su", "tae", "vo", "win", "xia", "yor", "zen", "bel", "dra", "fi", "gun", "hal")
DOMAINS = ("example.com", "example.org", "example.net")  # reserved for documentation by RFC 2606
# phonenumbers knows no number of China with these first digits, so no invented phone should ring. (Nor does it know any
# with 12, but it takes 12xxx for the code of a carrier and cuts it off.)
PHONE_PREFIX = "103"
PHONE_NUMBERS = 10**8
SCRAMBLE = 48_271_039  # odd and no multiple of 5: multiplying by it permutes the numbers below 10**8
BAD_EMAILS = ("{}.example.com", "{}@@example.com", "{}@", "{} at example.com", "@example.org")


def draw_names(rng: np.random.Generator, size: int) -> tuple[pa.Array, pa.Array]:
    """Given and family names."""
    first, second = (pa.array(SYLLABLES).take(pa.array(rng.integers(0, len(SYLLABLES), size))) for _ in range(2))
    family = pa.array(FAMILY_NAMES).take(pa.array(rng.integers(0, len(FAMILY_NAMES), size)))
    return pc.utf8_capitalize(joined(first, second)), family


def emails(given: pa.Array, family: pa.Array, number: np.ndarray, tag: str) -> pa.Array:
    """One address for each person: `number` is unique to the person, `tag` tells apart a person's addresses."""
    domain = pa.array(DOMAINS).take(pa.array(number % len(DOMAINS)))
    return joined(pc.utf8_lower(joined(given, ".", family)), tag, pa.array(number).cast(pa.string()), "@", domain)


def bad_emails(given: pa.Array, rng: np.random.Generator) -> pa.Array:
    """Text in the place of an e-mail that is no address by any syntax."""
    kinds = [
        joined(kind.split("{}")[0], pc.utf8_lower(given), kind.split("{}")[1]) if "{}" in kind else kind
        for kind in BAD_EMAILS
    ]
    return pc.choose(pa.array(rng.integers(0, len(kinds), len(given))), *kinds)


def phones(slot: np.ndarray) -> pa.Array:
    """Eleven digits, different for every slot below 10**8 - 1."""
    return joined(PHONE_PREFIX, pc.utf8_lpad(pa.array((slot + 1) * SCRAMBLE % PHONE_NUMBERS).cast(pa.string()), 8, "0"))


def retyped_email(email: pa.Array, rng: np.random.Generator) -> pa.Array:
    """The same address in other letter case or with spaces around it."""
    ways = (pc.utf8_upper(email), pc.utf8_capitalize(email), joined(" ", email), joined(pc.utf8_upper(email), "  "))
    return pc.choose(pa.array(rng.integers(0, len(ways), len(email))), *ways)


def retyped_phone(phone: pa.Array, rng: np.random.Generator) -> pa.Array:
    """The same number with a country code, spaces or hyphens."""
    head, middle, tail = (pc.utf8_slice_codeunits(phone, *cut) for cut in ((0, 3), (3, 7), (7, 11)))
    ways = (
        joined(head, " ", middle, " ", tail),
        joined("+86 ", head, " ", middle, " ", tail),
        joined(head, "-", middle, "-", tail),
        joined("+86", phone),
        joined("0086 ", phone),
    )
    return pc.choose(pa.array(rng.integers(0, len(ways), len(phone))), *ways)
