"""Product pairs from orders, and how well they recommend: choose or refuse, then list. Reads and writes nothing."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.one_thread import on_one_thread
from models.product_affinities.baskets import HISTORY_DAYS, Baskets
from models.product_affinities.evaluation import (
    HiddenProducts,
    guessed_before_by_last_order,
    guessed_before_by_partners,
    guessed_before_by_popularity,
    hide_products,
    hit_rates,
)
from models.product_affinities.pairs import judged_pairs, kept_pairs
from models.product_affinities.rankings import CONFIDENCE, RANKINGS, ranked_partners, strengths
from models.result_tables import ALL, METRIC_TYPES, metric_table, nothing, typed

WINDOW_DAYS = 90
LEAST_TESTS = 100  # orders in a window: of fewer a hit rate is not known to five points
SAME_AS_LAST, MOST_POPULAR = "same_as_last", "most_popular"
CHOSEN_BY = "hit_rate_10"

SCORE_TYPES = {
    "product_id": "str",
    "other_product_id": "str",
    "rank": "int64",
    "order_count": "int64",
    "other_order_count": "int64",
    "together_count": "int64",
    "support": "float64",
    "confidence": "float64",
    "lift": "float64",
    "p_value": "float64",
    "q_value": "float64",
    "method": "str",
}


@dataclass(frozen=True)
class ChosenRanking:
    """The order of recommendations that found most of what later orders held; a name of RANKINGS."""

    name: str


@dataclass(frozen=True)
class AffinityTraining:
    """The ranking to use until it is chosen anew (None: too little to choose by), and how well pairs recommended."""

    trained: ChosenRanking | None
    metrics: pd.DataFrame
    notes: list[str]


@on_one_thread
def train_product_affinities(lines: pd.DataFrame, as_of_date: pd.Timestamp, random_state: int = 0) -> AffinityTraining:
    """Choose how partners of a product are ranked, and measure how well they recommend.

    Parameters
    ----------
    lines : DataFrame
        order_id, customer_id (empty where nobody is known), ordered_at, order_date and product_id, in any order. The
        pairs of a past date come from the 365 days before it; earlier orders are not looked at.
    as_of_date : Timestamp
        The last day of the orders. The 90 days before it are the test, the 90 before those choose the ranking.
    random_state : int
        Seed of the draw of hidden products.

    Returns
    -------
    AffinityTraining
        `metrics`: columns of METRIC_TYPES; hit_rate_5 and hit_rate_10 are the share of later orders of which a hidden
        product was among the first five or ten guesses by the others. Where too few orders came there are none, and
        `notes` say why.
    """
    baskets = Baskets.of(lines)
    test_date = as_of_date - pd.Timedelta(days=WINDOW_DAYS)
    choice_date = test_date - pd.Timedelta(days=WINDOW_DAYS)
    tests = {
        date: hide_products(baskets, baskets.window_after(date, WINDOW_DAYS), random_state)
        for date in (test_date, choice_date)
    }
    for date, hidden in tests.items():
        if hidden.count < LEAST_TESTS:
            note = (
                f"How well product pairs recommend is not measured: in the {WINDOW_DAYS} days after {date:%Y-%m-%d} "
                f"only {hidden.count} orders of known customers held two products, fewer than {LEAST_TESTS}."
            )
            return AffinityTraining(None, nothing(METRIC_TYPES), [note])
    choice = _rates(baskets, choice_date, tests[choice_date])
    chosen = max(RANKINGS, key=lambda name: choice[name][CHOSEN_BY])
    measured = _rates(baskets, test_date, tests[test_date])
    table = _metrics(measured, chosen, test_date, tests[test_date].customer_count)
    return AffinityTraining(ChosenRanking(chosen), table, _notes(measured, choice, chosen, test_date, tests[test_date]))


@on_one_thread
def score_product_affinities(
    trained: ChosenRanking | None, lines: pd.DataFrame, as_of_date: pd.Timestamp
) -> pd.DataFrame:
    """The pairs that the orders of the last 365 days show to be more than chance, both ways.

    Parameters
    ----------
    trained : ChosenRanking or None
        Without it partners are ranked by confidence.
    lines : DataFrame
        As `train_product_affinities` wants them.
    as_of_date : Timestamp
        The last day of the orders.

    Returns
    -------
    DataFrame
        Columns of SCORE_TYPES, sorted by product_id and rank, at most twenty partners a product. support is the share
        of orders with both, confidence that of the product's orders which hold the other, lift how many times the
        other's share of all orders that is.
    """
    ranking = CONFIDENCE if trained is None else trained.name
    baskets = Baskets.of(lines).year_to(as_of_date)
    partners = ranked_partners(kept_pairs(judged_pairs(baskets)), ranking)
    order_count = max(baskets.held.shape[0], 1)
    together, orders, other_orders = partners["together"], partners["orders"], partners["other_orders"]
    scores = {
        "product_id": baskets.products[partners["product"]],
        "other_product_id": baskets.products[partners["other"]],
        "rank": partners["rank"],
        "order_count": orders,
        "other_order_count": other_orders,
        "together_count": together,
        "support": together / order_count,
        "confidence": together / orders,
        "lift": together * order_count / (orders * other_orders),
        "p_value": partners["p_value"],
        "q_value": partners["q_value"],
        "method": ranking,
    }
    return typed(pd.DataFrame(scores), SCORE_TYPES)


def _rates(baskets: Baskets, date: pd.Timestamp, tests: HiddenProducts) -> dict[str, dict[str, float]]:
    """The hit rates of every candidate that stands at a date, by name."""
    past = baskets.year_to(date)
    pairs = kept_pairs(judged_pairs(past))
    orders_of = np.asarray(past.held.sum(axis=0)).ravel()
    places = {
        name: guessed_before_by_partners(tests, strengths(ranked_partners(pairs, name), len(baskets.products)))
        for name in RANKINGS
    }
    places[SAME_AS_LAST] = guessed_before_by_last_order(tests, orders_of)
    places[MOST_POPULAR] = guessed_before_by_popularity(tests, orders_of)
    return {name: hit_rates(guessed_before) for name, guessed_before in places.items()}


def _metrics(
    measured: dict[str, dict[str, float]], chosen: str, date: pd.Timestamp, customer_count: int
) -> pd.DataFrame:
    rows = [
        (name, "champion" if name == chosen else "challenger" if name in RANKINGS else "baseline", metric, value)
        for name, rates in measured.items()
        for metric, value in rates.items()
    ]
    table = pd.DataFrame(rows, columns=["candidate", "role", "metric", "value"])
    return metric_table(table.assign(segment=ALL, customer_count=customer_count), date, WINDOW_DAYS)


def _notes(
    measured: dict[str, dict[str, float]],
    choice: dict[str, dict[str, float]],
    chosen: str,
    test_date: pd.Timestamp,
    tests: HiddenProducts,
) -> list[str]:
    rules = ", ".join(f"{name} {measured[name][CHOSEN_BY]:.1%}" for name in (SAME_AS_LAST, MOST_POPULAR))
    tried = ", ".join(f"{name} {choice[name][CHOSEN_BY]:.1%}" for name in RANKINGS)
    notes = [
        f"Product pairs of the {HISTORY_DAYS} days to {test_date:%Y-%m-%d} were tested on {tests.count} orders of the "
        f"{WINDOW_DAYS} days after it: a hidden product was among the first ten that the others recommend in "
        f"{measured[chosen][CHOSEN_BY]:.1%} ({rules}).",
        f"Partners of a product are ranked by {chosen}: most such hits in the {WINDOW_DAYS} days before ({tried}).",
    ]
    if any(measured[name][CHOSEN_BY] > measured[chosen][CHOSEN_BY] for name in (SAME_AS_LAST, MOST_POPULAR)):
        notes.append("A rule without product pairs found more of the hidden products.")
    return notes
