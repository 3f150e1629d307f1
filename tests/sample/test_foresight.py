"""What whoever knows the shop foretells comes true as often as it is said, and is made of nothing that comes later."""

from dataclasses import fields
from datetime import date

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from pipelines.sample.batch import draw_batch
from pipelines.sample.catalogue import draw_catalogue
from pipelines.sample.foresight import Chance, chances_of_none
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.parameters import Parameters
from pipelines.sample.plan import Plan
from pipelines.sample.purchases import PURCHASE
from pipelines.sample.seen import people_seen
from pipelines.sample.streams import opening_stream

PLAN = Plan(seed=11, customers=2_000, days=600, until=date(2026, 6, 30), customers_a_batch=2_000, rates=Parameters())
DAY, HORIZON_DAYS = 510, 90


@pytest.fixture(scope="module")
def chances() -> list[Chance]:
    return chances_of_none(PLAN, DAY, HORIZON_DAYS)


@pytest.fixture(scope="module")
def bought_after(chances: list[Chance]) -> np.ndarray:
    """Whether each of them bought in the days after."""
    opening = InventedShop(PLAN.customers, PLAN.opening, PLAN.rates, draw_catalogue(opening_stream(PLAN.seed, 0)))
    batch = draw_batch(opening_stream(PLAN.seed, 1), 1, PLAN.batch(1), opening)
    orders = batch.sales.placed
    is_after = (orders.kind == PURCHASE) & (orders.placed >= DAY) & (orders.placed < DAY + HORIZON_DAYS)
    return np.isin([chance.number for chance in chances], batch.population.people.number[orders.person[is_after]])


@pytest.mark.parametrize("who", ["knowing_shop", "knowing_person"])
def test_chances_come_true_in_every_fifth(chances: list[Chance], bought_after: np.ndarray, who: str) -> None:
    said = np.array([getattr(chance, who) for chance in chances])
    for fifth in np.array_split(np.argsort(said), 5):
        noise = np.sqrt((said[fifth] * (1 - said[fifth])).sum()) / len(fifth)
        assert abs(said[fifth].mean() - (~bought_after[fifth]).mean()) < 3 * noise + 0.002


def test_the_more_is_known_the_better_the_forecast(chances: list[Chance], bought_after: np.ndarray) -> None:
    silence = {seen.number: DAY - seen.purchases[-1] for seen in people_seen(PLAN, DAY)}
    by_silence, by_shop, by_person = (
        roc_auc_score(~bought_after, said)
        for said in (
            [silence[chance.number] for chance in chances],
            [chance.knowing_shop for chance in chances],
            [chance.knowing_person for chance in chances],
        )
    )
    assert by_silence + 0.02 < by_shop < by_person - 0.02


def test_nothing_that_comes_later_is_seen() -> None:
    latest = 0.0
    for seen in people_seen(PLAN, DAY):
        moments = {one.name: getattr(seen, one.name) for one in fields(seen)}
        for name in ("purchases", "visits", "messages", "series"):
            assert (moments[name] < DAY).all(), name
            latest = max(latest, *moments[name], 0.0)
    assert latest > DAY - 1
