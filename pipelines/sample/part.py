"""One numbered part of a shop: some people and all that happened to them, clean. Damage and files come later."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.sample.events import draw_events
from pipelines.sample.people import Population, draw_people, open_accounts
from pipelines.sample.purchases import draw_lives
from pipelines.sample.registrations import register
from pipelines.sample.sales import Sales, sell
from pipelines.sample.setting import Setting
from pipelines.sample.visits import draw_visits


@dataclass(frozen=True)
class Part:
    """The clean feeds of part `number` (from 1) and the truth behind them."""

    number: int
    population: Population
    sales: Sales
    registrations: pa.Table
    events: pa.Table


def draw_part(rng: np.random.Generator, number: int, first_person: int, size: int, setting: Setting) -> Part:
    """People `first_person` and following, who depend on no other part."""
    days, shop = setting.window.days, setting.shop
    lives, orders = draw_lives(rng, size, days, shop)
    people = draw_people(rng, lives, first_person, setting.customers, shop)
    accounts = open_accounts(rng, people, lives, days)
    population = Population(lives, people, accounts)
    sales = sell(rng, number, orders, population, setting)
    registrations = register(rng, people, accounts, setting.window)
    visits = draw_visits(rng, population, sales, setting)
    return Part(number, population, sales, registrations, draw_events(rng, number, visits, accounts, setting))
