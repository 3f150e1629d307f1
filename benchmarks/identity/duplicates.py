"""Invents people who open several accounts, and tells whose each is. It resolves nobody.

Everybody has one true name, birthday, e-mail, mobile and device; what an account says of them is copied with the dirt
of `Dirt`. Names are of syllables and signs that no list of people holds, e-mails of reserved domains, mobiles of a
range that nobody was given.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from pipelines.sample.contacts import DOMAINS, FAMILY_NAMES, SYLLABLES

FIRST_DAY = date(2024, 7, 1)
DAYS = 700
SIGNS = "柏岚昶栎棠沅泽浔澄煦珂琅瑄瑭祺筠绮舒芷莘蓁蔚蘅诺轩辰逸郁钰铎霁霖韬颂飏馨骁鸢麒黛"
CHINESE_FAMILIES = "澹呼万夏诸令公仲轩钟"


@dataclass(frozen=True)
class Dirt:
    """Shares of what happens to accounts; the defaults are those of the report."""

    second_account: float = 0.22  # of people, who have two accounts
    third_account: float = 0.05  # or three
    new_email: float = 0.30  # of further accounts, which were opened with another e-mail
    no_email: float = 0.10
    new_phone: float = 0.12
    no_phone: float = 0.12
    masked_phone: float = 0.02  # as a marketplace hands it on
    name_typo: float = 0.05
    no_name: float = 0.05
    contact_typo: float = 0.01  # of e-mails, and of phones
    no_birthday: float = 0.35
    guests: float = 0.25  # of people, who also order without an account
    guest_email: float = 0.85  # of guest orders that give one
    guest_phone: float = 0.75
    families: float = 0.10  # of people, who live with the next one
    shared_phone: float = 0.50  # of families, in which all give one phone
    shared_device: float = 0.60
    new_device: float = 0.40  # of people, who change it
    recycled_email: float = 0.005  # of people, whose e-mail was somebody else's before

    @classmethod
    def scaled(cls, times: float) -> "Dirt":
        """All of it, so many times as often."""
        return cls(**{field.name: min(0.95, field.default * times) for field in fields(cls) if field.name in ERRORS})


ERRORS = ("masked_phone", "name_typo", "contact_typo", "shared_phone", "shared_device", "recycled_email")


@dataclass(frozen=True)
class Duplicates:
    """Rows as a shop exports them, by feed, and `truth`: account_key and person."""

    feeds: dict[str, pd.DataFrame]
    truth: pd.DataFrame

    def write(self, folder: Path) -> None:
        """One CSV file per feed, as the source `sample` reads them."""
        folder.mkdir(parents=True, exist_ok=True)
        for feed, rows in self.feeds.items():
            rows.to_csv(folder / f"{feed}.csv", index=False)


def draw(people: int, seed: int, dirt: Dirt | None = None) -> Duplicates:
    """So many people, and all accounts and guest orders of theirs."""
    dirt, random = dirt or Dirt(), np.random.default_rng(seed)
    persons = _people(people, random, dirt)
    accounts = _accounts(persons, random, dirt)
    guests = _guest_orders(persons, random, dirt)
    events = _log_ins(persons, accounts, random, dirt)
    orders = pd.concat([_orders(accounts, random), guests.drop(columns="person")], ignore_index=True)
    orders.insert(0, "order_id", [f"o{number}" for number in range(len(orders))])
    items = orders[["order_id"]].assign(
        order_item_id=orders["order_id"] + "-1", product_id="p1", quantity=1, unit_price=10
    )
    products = pd.DataFrame({"product_id": ["p1"], "name": ["Mug"], "category": ["Kitchen"]})
    truth = pd.DataFrame({"account_id": accounts["account_id"], "email": None, "phone": None})
    truth = pd.concat(
        [
            truth.assign(person=accounts["person"]),
            guests[["guest_email", "guest_phone", "person"]].rename(
                columns={"guest_email": "email", "guest_phone": "phone"}
            ),
        ],
        ignore_index=True,
    )
    told = accounts.drop(columns="person")
    feeds = {"customers": told, "orders": orders, "order_items": items, "products": products, "events": events}
    return Duplicates(feeds, truth)


def _people(size: int, random: np.random.Generator, dirt: Dirt) -> pd.DataFrame:
    """Each with what is true; who lives with the one before shares their family name, and perhaps phone and device."""
    is_chinese = random.random(size) < 0.5
    is_family = random.random(size) < dirt.families
    is_family[0] = False
    family = np.where(is_chinese, random.choice(list(CHINESE_FAMILIES), size), random.choice(FAMILY_NAMES, size))
    given = np.where(
        is_chinese, _joined(random, SIGNS, size), [n.capitalize() for n in _joined(random, SYLLABLES, size)]
    )
    phone, device = _numbers(random, size), np.array([f"d{number}" for number in range(size)], dtype=object)
    birthday = [date(1950, 1, 1) + timedelta(days=int(day)) for day in random.integers(0, 20_000, size)]
    number = np.arange(size)
    email = np.array([f"{_slug(n)}{n}@{DOMAINS[n % 3]}" for n in number], dtype=object)
    shares_phone, shares_device = random.random(size) < dirt.shared_phone, random.random(size) < dirt.shared_device
    for one in np.flatnonzero(is_family):
        is_chinese[one], family[one] = is_chinese[one - 1], family[one - 1]
        given[one] = "".join(random.choice(list(SIGNS), 2)) if is_chinese[one] else _word(random)
        phone[one] = phone[one - 1] if shares_phone[one] else phone[one]
        device[one] = device[one - 1] if shares_device[one] else device[one]
    recycled = np.flatnonzero(random.random(size) < dirt.recycled_email)
    for one in recycled[recycled > size // 2]:
        email[one] = email[one - size // 2]
    return pd.DataFrame(
        {
            "person": number,
            "family": family,
            "given": given,
            "is_chinese": is_chinese,
            "birth_date": birthday,
            "email": email,
            "phone": phone,
            "device": device,
        }
    )


def _accounts(persons: pd.DataFrame, random: np.random.Generator, dirt: Dirt) -> pd.DataFrame:
    """One per person and further ones, as they are registered."""
    drawn = random.random(len(persons))
    count = 1 + (drawn < dirt.second_account + dirt.third_account) + (drawn < dirt.third_account)
    rows = persons.loc[persons.index.repeat(count)].reset_index(drop=True)
    size, further = len(rows), (rows["person"] == rows["person"].shift()).to_numpy()
    email, phone = rows["email"].to_numpy(copy=True), rows["phone"].to_numpy(copy=True)
    drawn = random.random(size)
    email[further & (drawn < dirt.new_email)] = [
        f"new{n}@{DOMAINS[n % 3]}" for n in np.flatnonzero(further & (drawn < dirt.new_email))
    ]
    email[further & (drawn > 1 - dirt.no_email)] = ""
    drawn = random.random(size)
    is_new = further & (drawn < dirt.new_phone)
    phone[is_new] = _numbers(random, int(is_new.sum()), prefix="1031")
    phone[further & (drawn > 1 - dirt.no_phone)] = ""
    _mistype(email, random, dirt.contact_typo, 6)
    _mistype(phone, random, dirt.contact_typo, 8)
    masked = random.random(size) < dirt.masked_phone
    phone[masked] = [f"{one[:3]}****{one[-4:]}" if one else "" for one in phone[masked]]
    swapped = random.random(size) < 0.5
    latin = np.where(swapped, rows["given"] + " " + rows["family"], rows["family"] + " " + rows["given"])
    name = np.where(rows["is_chinese"], rows["family"] + rows["given"], latin).astype(object)
    _mistype(name, random, dirt.name_typo, 1)
    name[random.random(size) < dirt.no_name] = ""
    birthday = np.where(random.random(size) < dirt.no_birthday, None, rows["birth_date"])
    spelled = np.where(random.random(size) < 0.2, [one.upper() for one in email], email)
    return pd.DataFrame(
        {
            "account_id": [f"a{number}" for number in range(size)],
            "registered_at": _instants(random, size),
            "name": name,
            "email": spelled,
            "phone": np.where(random.random(size) < 0.3, [_spaced(one) for one in phone], phone),
            "birth_date": birthday,
            "person": rows["person"],
        }
    )


def _guest_orders(persons: pd.DataFrame, random: np.random.Generator, dirt: Dirt) -> pd.DataFrame:
    """One or two each of those who order as guests, with an e-mail, a phone or both."""
    chosen = persons[random.random(len(persons)) < dirt.guests]
    rows = chosen.loc[chosen.index.repeat(random.integers(1, 3, len(chosen)))].reset_index(drop=True)
    has_email = random.random(len(rows)) < dirt.guest_email
    has_phone = (random.random(len(rows)) < dirt.guest_phone) | ~has_email
    email = np.where(has_email, rows["email"], "").astype(object)
    phone = np.where(has_phone, rows["phone"], "").astype(object)
    _mistype(email, random, dirt.contact_typo, 6)
    return pd.DataFrame(
        {
            "account_id": "",
            "guest_email": email,
            "guest_phone": phone,
            "ordered_at": _instants(random, len(rows)),
            "status": "paid",
            "total": 10,
            "person": rows["person"],
        }
    )


def _orders(accounts: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """One of every account."""
    return pd.DataFrame(
        {
            "account_id": accounts["account_id"],
            "guest_email": "",
            "guest_phone": "",
            "ordered_at": _instants(random, len(accounts)),
            "status": "paid",
            "total": 10,
        }
    )


def _log_ins(persons: pd.DataFrame, accounts: pd.DataFrame, random: np.random.Generator, dirt: Dirt) -> pd.DataFrame:
    """Every account logs in on its holder's device, and on the next one of who has changed it."""
    device = accounts["person"].map(persons["device"])
    changes = random.random(len(persons)) < dirt.new_device
    later = ("n" + accounts["person"].astype(str))[accounts["person"].map(pd.Series(changes)).to_numpy()]
    used = pd.concat([device, later])
    rows = pd.DataFrame({"account_id": accounts["account_id"].reindex(used.index), "anonymous_id": used})
    rows.insert(0, "event_id", [f"e{number}" for number in range(len(rows))])
    return rows.assign(occurred_at=_instants(random, len(rows)), type="login")


def _joined(random: np.random.Generator, pieces: "str | tuple[str, ...]", size: int) -> list[str]:
    first, second = (random.choice(list(pieces), size) for _ in range(2))
    return [a + b for a, b in zip(first, second, strict=True)]


def _word(random: np.random.Generator) -> str:
    return "".join(random.choice(SYLLABLES, 2)).capitalize()


def _slug(number: int) -> str:
    return SYLLABLES[number % len(SYLLABLES)] + SYLLABLES[number // len(SYLLABLES) % len(SYLLABLES)]


def _numbers(random: np.random.Generator, size: int, prefix: str = "1030") -> np.ndarray:
    """Mobiles of China with first digits that nobody was given."""
    return np.array([f"{prefix}{number:07d}" for number in random.permutation(10**7)[:size]], dtype=object)


def _instants(random: np.random.Generator, size: int) -> list[str]:
    begin = datetime.combine(FIRST_DAY, datetime.min.time())
    seconds = random.integers(0, DAYS * 86_400, size)
    return [str(begin + timedelta(seconds=int(second))) for second in seconds]


def _mistype(texts: np.ndarray, random: np.random.Generator, share: float, end: int) -> None:
    """One sign of so many of the texts is another, of the first `end` or, where that is 1, of any."""
    for one in np.flatnonzero(random.random(len(texts)) < share):
        if text := texts[one]:
            place = int(random.integers(0, len(text) if end == 1 else min(end, len(text))))
            signs = "0123456789" if text.isdigit() else "abcdefghij" if text.isascii() else SIGNS
            sign = str(random.choice(list(signs)))
            texts[one] = text[:place] + sign + text[place + 1 :]


def _spaced(phone: str) -> str:
    return f"+86 {phone[:3]}-{phone[3:7]}-{phone[7:]}" if phone.isdigit() else phone
