"""Who the people are and under which accounts the shop knows them. Which of these rows get damaged is dirt.py's."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from pipelines.sample import contacts
from pipelines.sample.catalogue import CATEGORIES
from pipelines.sample.parameters import Parameters
from pipelines.sample.purchases import Lives
from pipelines.sample.records import taken
from pipelines.sample.texts import numbered, where

# How a person's accounts hang together: only one; two by e-mail; two by phone; three by e-mail, then by phone.
SINGLE, BY_EMAIL, BY_PHONE, CHAIN = 0, 1, 2, 3
DEVICES, DEVICE_SHARES = ("app", "mini_program", "desktop"), (0.5, 0.3, 0.2)
# A parcel station's phone stands on twelve accounts of different people, which must not become one customer.
STATION_EVERY, STATION_ACCOUNTS = 2_500, 12


@dataclass(frozen=True)
class People:
    """One row a person; `number` is unique in the shop. E-mail and phone are the good ones, null when there is none."""

    number: np.ndarray
    given: pa.Array
    family: pa.Array
    email: pa.Array
    phone: pa.Array
    accounts: np.ndarray  # SINGLE, BY_EMAIL, BY_PHONE or CHAIN
    is_guest_only: np.ndarray
    has_station_phone: np.ndarray
    has_bad_email: np.ndarray
    has_blocked_contact: np.ndarray
    favourite: np.ndarray  # category
    device: np.ndarray  # place in DEVICES of the one liked best
    is_promotion_seeker: np.ndarray

    @property
    def may_order_as_guest(self) -> np.ndarray:
        """Whether a guest order can be traced to the person by an e-mail that an account carries too."""
        return np.asarray(self.email.is_valid()) & ~self.has_bad_email & ~self.has_blocked_contact


@dataclass(frozen=True)
class Accounts:
    """One row an account: its person (row of People), when it was opened (position), and its contacts as typed."""

    person: np.ndarray
    ordinal: np.ndarray  # 0, 1, 2 among the person's accounts
    account_id: pa.Array
    registered: np.ndarray
    email: pa.Array
    phone: pa.Array
    people: int  # how many there are, with or without an account

    @cached_property
    def by_person(self) -> tuple[np.ndarray, np.ndarray]:
        """Row and opening of each person's accounts, shape (people, 3): -1 and infinity where there is none."""
        row, opened = np.full((self.people, 3), -1), np.full((self.people, 3), np.inf)
        row[self.person, self.ordinal] = np.arange(len(self.person))
        opened[self.person, self.ordinal] = self.registered
        return row, opened


@dataclass(frozen=True)
class Population:
    """Some people of the shop: how they live, who they are, what accounts they have."""

    lives: Lives
    people: People
    accounts: Accounts

    def known_by(self, position: float) -> "Population":
        """The people who have come by then, what they had done, and the accounts that were open."""
        arrival = np.where(self.people.is_guest_only, self.lives.first_purchase, self.lives.registered)
        is_there = arrival < position
        accounts = np.flatnonzero(is_there[self.accounts.person] & (self.accounts.registered < position))
        rows = np.flatnonzero(is_there)
        return Population(
            taken(self.lives, rows).until(position), taken(self.people, rows), self._accounts(accounts, is_there)
        )

    def _accounts(self, rows: np.ndarray, is_there: np.ndarray) -> Accounts:
        place, of = np.cumsum(is_there) - 1, self.accounts
        return Accounts(
            place[of.person[rows]],
            of.ordinal[rows],
            of.account_id.take(pa.array(rows)),
            of.registered[rows],
            of.email.take(pa.array(rows)),
            of.phone.take(pa.array(rows)),
            int(is_there.sum()),
        )


def draw_people(rng: np.random.Generator, lives: Lives, first_number: int, customers: int, shop: Parameters) -> People:
    """The people behind the lives; `customers` is the size of the whole shop, by which shared phones are dealt out."""
    size = len(lives.registered)
    number = first_number + np.arange(size)
    given, family = contacts.draw_names(rng, size)
    full_group = number // STATION_EVERY * STATION_EVERY + STATION_ACCOUNTS <= customers
    at_station = (number % STATION_EVERY < STATION_ACCOUNTS) & full_group
    bad = ~at_station & (rng.random(size) < shop.bad_email)
    blocked = ~at_station & ~bad & (rng.random(size) < shop.blocked_contact)
    plain = ~(at_station | bad | blocked)
    several = plain & (rng.random(size) < shop.several_accounts)
    accounts = np.where(several, rng.choice([BY_EMAIL, BY_PHONE, CHAIN], size, p=[0.45, 0.45, 0.1]), SINGLE)
    # Nobody writes to people without an account, so none of them may be tired of it.
    may_be_guest = plain & ~several & lives.has_bought & ~lives.minds_mail
    guest = may_be_guest & (rng.random(size) < shop.guest_only / (1 - shop.minds_mail))
    has_email = several | guest | (rng.random(size) >= shop.no_email)
    has_phone = several | (rng.random(size) >= shop.no_phone)
    email = where(has_email, contacts.emails(given, family, number, "."), None)
    phone = where(has_phone, contacts.phones(2 * number), None)
    favourite = rng.integers(0, len(CATEGORIES), size)
    device = rng.choice(len(DEVICES), size, p=DEVICE_SHARES)
    seeks = rng.random(size) < shop.promotion_seeker
    return People(
        number, given, family, email, phone, accounts, guest, at_station, bad, blocked, favourite, device, seeks
    )


def open_accounts(rng: np.random.Generator, people: People, lives: Lives, days: int) -> Accounts:
    """Every account of the people, in the order of registration within a person."""
    firsts = np.flatnonzero(~people.is_guest_only)
    seconds = np.flatnonzero(people.accounts != SINGLE)
    thirds = np.flatnonzero(people.accounts == CHAIN)
    person = np.concatenate([firsts, seconds, thirds])
    ordinal = np.repeat([0, 1, 2], [len(firsts), len(seconds), len(thirds)])
    second_opened = lives.registered + rng.random(len(people.number)) * (days - lives.registered)
    third_opened = second_opened + rng.random(len(people.number)) * (days - second_opened)
    registered = np.concatenate([lives.registered[firsts], second_opened[seconds], third_opened[thirds]])
    contact = [
        _first_contacts(rng, people, firsts),
        _second_contacts(rng, people, seconds),
        _third_contacts(rng, people, thirds),
    ]
    email, phone = (pa.concat_arrays([pair[column] for pair in contact]) for column in (0, 1))
    account_id = account_ids(people.number[person], ordinal)
    return Accounts(person, ordinal, account_id, registered, email, phone, len(people.number))


def account_ids(number: np.ndarray, ordinal: np.ndarray) -> pa.Array:
    """Account numbers that give away neither the person nor that two of them belong together."""
    # The same scramble as for phones: four numbers a person leave room for 25 million people.
    return numbered("C", (number * 4 + ordinal + 1) * contacts.SCRAMBLE % contacts.PHONE_NUMBERS, 8)


def device_in_use(rng: np.random.Generator, people: People, person: np.ndarray, shop: Parameters) -> np.ndarray:
    """For each row of People one device (place in DEVICES): mostly the one liked best."""
    other = rng.choice(len(DEVICES), len(person), p=DEVICE_SHARES)
    return np.where(rng.random(len(person)) < shop.favourite_device, people.device[person], other)


def account_in_use(
    rng: np.random.Generator, accounts: Accounts, person: np.ndarray, position: np.ndarray
) -> np.ndarray:
    """For each moment, one of the person's accounts that is open by then (row of Accounts); -1 where there is none."""
    row, opened = accounts.by_person
    count = (opened[person] <= position[:, None]).sum(axis=1)
    choice = np.floor(rng.random(len(person)) * count).astype(int)
    return np.where(count > 0, row[person, choice], -1)


def _first_contacts(rng: np.random.Generator, people: People, rows: np.ndarray) -> tuple[pa.Array, pa.Array]:
    email, phone = people.email.take(pa.array(rows)), people.phone.take(pa.array(rows))
    phone = where(rng.random(len(rows)) < 0.1, contacts.retyped_phone(phone, rng), phone)
    email = where(people.has_bad_email[rows], contacts.bad_emails(people.given.take(pa.array(rows)), rng), email)
    blocked, which = people.has_blocked_contact[rows], rng.random(len(rows))
    email = where(blocked & (which < 0.7), "null", email)
    phone = where(blocked & (which > 0.3), "00000000000", phone)
    station = contacts.phones(2 * (people.number[rows] // STATION_EVERY * STATION_EVERY) + 1)
    return email, where(people.has_station_phone[rows], station, phone)


def _second_contacts(rng: np.random.Generator, people: People, rows: np.ndarray) -> tuple[pa.Array, pa.Array]:
    """The e-mail retyped with a new phone, or the phone retyped with a new e-mail."""
    by_email = people.accounts[rows] != BY_PHONE
    index = pa.array(rows)
    new_email = contacts.emails(people.given.take(index), people.family.take(index), people.number[rows], "-")
    email = where(by_email, contacts.retyped_email(people.email.take(index), rng), new_email)
    new_phone = contacts.phones(2 * people.number[rows] + 1)
    return email, where(by_email, new_phone, contacts.retyped_phone(people.phone.take(index), rng))


def _third_contacts(rng: np.random.Generator, people: People, rows: np.ndarray) -> tuple[pa.Array, pa.Array]:
    """No e-mail, and the second account's phone retyped: only the second account ties it to the first."""
    phone = contacts.retyped_phone(contacts.phones(2 * people.number[rows] + 1), rng)
    return pa.nulls(len(rows), pa.string()), phone
