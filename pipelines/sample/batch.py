"""One numbered batch of a shop's opening: people and all that happened to them, clean. Damage and files come later."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.sample.events import Touches, draw_events
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.people import Population, draw_people, open_accounts
from pipelines.sample.purchases import draw_lives
from pipelines.sample.registrations import register
from pipelines.sample.sales import Sales, sell
from pipelines.sample.visits import draw_visits


@dataclass(frozen=True)
class Batch:
    """The people of batch `number` (from 1), and the clean feeds of accounts, orders and lines at the window's end."""

    number: int
    population: Population
    sales: Sales
    registrations: pa.Table


def draw_batch(rng: np.random.Generator, number: int, persons: range, invented: InventedShop) -> Batch:
    """People who depend on no other batch."""
    days, shop = invented.window.days, invented.shop
    lives, orders = draw_lives(rng, len(persons), days, shop)
    people = draw_people(rng, lives, persons.start, invented.customers, shop)
    population = Population(lives, people, open_accounts(rng, people, lives, days))
    sales = sell(rng, number, orders, population, invented)
    return Batch(number, population, sales, register(rng, people, population.accounts, invented.window))


def draw_batch_events(rng: np.random.Generator, batch: Batch, invented: InventedShop) -> tuple[pa.Table, Touches]:
    """The events feed of the batch and what is done to carts, to be drawn from the same stream after it."""
    visits = draw_visits(rng, batch.population, batch.sales, invented)
    return draw_events(rng, batch.number, visits, batch.population, invented)
