"""The customers feed: what the shop's register says of each account. Who the people are is people.py's."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sample.clock import DAY_SECONDS, Window, timestamps
from pipelines.sample.people import Accounts, People
from pipelines.sample.texts import joined, picked, where

PLACES = (
    ("Zhejiang", "Hangzhou"),
    ("Zhejiang", "Ningbo"),
    ("Guangdong", "Guangzhou"),
    ("Guangdong", "Shenzhen"),
    ("Jiangsu", "Nanjing"),
    ("Jiangsu", "Suzhou"),
    ("Sichuan", "Chengdu"),
    ("Hubei", "Wuhan"),
    ("Shandong", "Qingdao"),
    ("Fujian", "Xiamen"),
    ("Shaanxi", "Xi'an"),
    ("Beijing", "Beijing"),
    ("Shanghai", "Shanghai"),
)
STREETS = ("Cedar Road", "Lotus Lane", "Harbour Street", "Willow Alley", "Bridge Road", "Orchard Avenue")
OCCUPATIONS = ("office worker", "student", "teacher", "engineer", "self-employed", "retired", "medical worker", None)
CHANNELS = ("organic", "search", "social", "referral", "advert", "marketplace")


def register(rng: np.random.Generator, people: People, accounts: Accounts, window: Window) -> pa.Table:
    """One row an account. A person's accounts agree in gender and birthday; whatever else is stated may differ."""
    size = len(accounts.person)
    index = pa.array(accounts.person)
    gender = picked(rng, ("f", "m", "o", None), (52, 34, 2, 12), len(people.number)).take(index)
    place = rng.integers(0, len(PLACES), len(people.number))[accounts.person]
    knows_place = rng.random(size) >= 0.05
    province, city = (pa.array([names[part] for names in PLACES]).take(pa.array(place)) for part in (0, 1))
    street = picked(rng, STREETS, (1,) * len(STREETS), size)
    house, room = (pa.array(rng.integers(1, top, size)).cast(pa.string()) for top in (300, 40))
    knows_address = knows_place & (rng.random(size) >= 0.2)
    registered = window.seconds(accounts.registered)
    return pa.table(
        {
            "account_id": accounts.account_id,
            "registered_at": timestamps(registered),
            "name": joined(people.family, " ", people.given).take(index),
            "email": accounts.email,
            "phone": accounts.phone,
            "gender": gender,
            "birth_date": _birthdays(rng, len(people.number), window).take(index),
            "occupation": picked(rng, OCCUPATIONS, (22, 8, 6, 8, 6, 4, 4, 42), size),
            "country": pa.repeat(pa.scalar("CN"), size),
            "province": where(knows_place, province, None),
            "city": where(knows_place, city, None),
            "address": where(knows_address, joined("Room ", room, ", ", house, " ", street), None),
            # No postal code of China begins with 90.
            "postal_code": where(knows_address, joined("90", pc.utf8_lpad(house, 4, "0")), None),
            "channel": picked(rng, CHANNELS, (30, 22, 18, 10, 14, 6), size),
            "updated_at": timestamps(_updated(rng, registered, window)),
        }
    )


def _birthdays(rng: np.random.Generator, size: int, window: Window) -> pa.Array:
    """Ages of 16 to 79 at the end of the window, most of them around 34; three in ten are not known."""
    age_days = 365.25 * np.clip(16 + rng.gamma(2.6, 7.5, size), 16, 79)
    days = window.end_seconds // DAY_SECONDS - age_days.astype(np.int64)
    return pa.array(days.astype(np.int32), mask=rng.random(size) < 0.3).cast(pa.date32())


def _updated(rng: np.random.Generator, registered: np.ndarray, window: Window) -> np.ndarray:
    """Six in ten accounts stay as they were opened; the others change some time later."""
    later = registered + (rng.random(len(registered)) * (window.end_seconds - registered)).astype(np.int64)
    return np.where(rng.random(len(registered)) < 0.6, registered, later)
