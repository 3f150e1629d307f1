"""One numbered batch of a shop: some people and all that happened to them, clean. Damage and files come later."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.sample.events import draw_events
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.people import Population, draw_people, open_accounts
from pipelines.sample.purchases import draw_lives
from pipelines.sample.registrations import register
from pipelines.sample.sales import Sales, sell
from pipelines.sample.visits import draw_visits


@dataclass(frozen=True)
class Batch:
    """The clean feeds of batch `number` (from 1) and the truth behind them."""

    number: int
    population: Population
    sales: Sales
    registrations: pa.Table
    events: pa.Table


def draw_batch(rng: np.random.Generator, number: int, first_person: int, size: int, invented: InventedShop) -> Batch:
    """People `first_person` and following, who depend on no other batch."""
    days, shop = invented.window.days, invented.shop
    lives, orders = draw_lives(rng, size, days, shop)
    people = draw_people(rng, lives, first_person, invented.customers, shop)
    accounts = open_accounts(rng, people, lives, days)
    population = Population(lives, people, accounts)
    sales = sell(rng, number, orders, population, invented)
    registrations = register(rng, people, accounts, invented.window)
    visits = draw_visits(rng, population, sales, invented)
    return Batch(number, population, sales, registrations, draw_events(rng, number, visits, accounts, invented))
