"""The next categories of every customer from their orders: learn or refuse, then score. Reads and writes nothing."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.next_categories.evaluation import first_guesses
from models.next_categories.guessers import SHRUNK_SHARES, Guesser, ShrunkShares
from models.next_categories.histories import Histories
from models.next_categories.sources import Shop, sources_on
from models.next_categories.study import WINDOW_DAYS, NextCategoryStudy
from models.one_thread import on_one_thread
from models.result_tables import METRIC_TYPES, nothing, typed

SCORE_TYPES = {
    "customer_id": "str",
    "rank": "int64",
    "category": "str",
    "probability": "float64",
    "method": "str",
}


@dataclass(frozen=True)
class NextCategoryTraining:
    """What can be scored with until learning is due again (None: too little to learn from), and how good it was."""

    trained: Guesser | ShrunkShares | None
    metrics: pd.DataFrame
    notes: list[str]


@on_one_thread
def train_next_categories(lines: pd.DataFrame, as_of_date: pd.Timestamp, random_state: int = 0) -> NextCategoryTraining:
    """Learn which categories a customer's next order will hold.

    Parameters
    ----------
    lines : DataFrame
        customer_id, purchase_number (1, 2 … within the customer), order_date and category, one row per order and
        category it holds, in any order. Orders without a category are not there.
    as_of_date : Timestamp
        The last day of the orders.
    random_state : int
        Seed of the draw from a large shop's customers.

    Returns
    -------
    NextCategoryTraining
        `metrics`: columns of METRIC_TYPES. Where there is too little to learn from there are none, and `notes` say why.
    """
    histories = Histories.of(lines)
    if not len(histories.categories):
        note = "No category is foretold: no purchase of a known customer holds a product with a category."
        return NextCategoryTraining(None, nothing(METRIC_TYPES), [note])
    study = NextCategoryStudy(histories, as_of_date, random_state)
    if reasons := study.reasons_to_refuse():
        told = f"Next categories are shares of the customer's own orders and the shop's, not learned: {reasons[0]}."
        return NextCategoryTraining(None, nothing(METRIC_TYPES), [told])
    measured = study.test()
    return NextCategoryTraining(study.guessers(as_of_date)[study.champion], measured, _notes(study, measured))


@dataclass(frozen=True)
class Standard:
    """What customers' next categories are guessed by: a guesser, and what the shop's customers bought by the day."""

    guesser: Guesser | ShrunkShares
    as_of_date: pd.Timestamp
    histories: Histories
    shop: Shop


@on_one_thread
def standard_of(trained: Guesser | ShrunkShares | None, lines: pd.DataFrame, as_of_date: pd.Timestamp) -> Standard:
    """From the orders of all customers, or of an even sample of very many.

    Parameters
    ----------
    trained : Guesser, ShrunkShares or None
        Without it the method is shrunk_shares.
    lines : DataFrame
        As `train_next_categories` wants them.
    as_of_date : Timestamp
        The last day of the orders.
    """
    histories = Histories.of(lines)
    shop = Shop.on(histories.known_on(as_of_date))
    return Standard(ShrunkShares() if trained is None else trained, as_of_date, histories, shop)


@on_one_thread
def score_next_categories(standard: Standard, lines: pd.DataFrame) -> pd.DataFrame:
    """The five likeliest categories of each customer's next order, by what was learned on this day or an earlier one.

    `lines` are of all customers, or of some. The table has the columns of SCORE_TYPES, sorted by customer_id and rank;
    of customers who ever bought a category. `probability` is that of the next order holding the category, whenever it
    comes; it falls with the rank. A shop with fewer than five categories has fewer ranks.
    """
    histories = Histories.of(lines, like=standard.histories)
    known = histories.known_on(standard.as_of_date)
    width = len(histories.categories)
    if not width or not len(known.who):
        return nothing(SCORE_TYPES)
    guesser, sources = standard.guesser, sources_on(known, shop=standard.shop)
    tops, told = [], []
    for rows, chances in sources.blocks():
        probability = guesser.probabilities(sources, rows, chances)[:, :width]
        tops.append(first_guesses(probability))
        told.append(np.take_along_axis(probability, tops[-1], axis=1))
    top = np.concatenate(tops)
    scores = {
        "customer_id": np.repeat(histories.customers[known.who], top.shape[1]),
        "rank": np.tile(np.arange(1, top.shape[1] + 1), len(top)),
        "category": histories.categories[top.ravel()],
        "probability": np.round(np.concatenate(told).ravel(), 6),
        "method": guesser.method,
    }
    return typed(pd.DataFrame(scores), SCORE_TYPES)


def _notes(study: NextCategoryStudy, measured: pd.DataFrame) -> list[str]:
    first = measured[measured["metric"] == "hit_rate_1"].set_index("candidate")
    hits, champion = first["value"], study.champion
    others = ", ".join(f"{name} {hits[name]:.1%}" for name in hits.index if name not in (champion, SHRUNK_SHARES))
    losses = ", ".join(f"{name} {loss:.4f}" for name, loss in sorted(study.losses_of_the_choice.items()))
    notes = [
        f"Next categories were tested on {first['customer_count'].iloc[0]} customers who ordered again within "
        f"{WINDOW_DAYS} days of {study.test_date:%Y-%m-%d}: the next order held the first guess of {champion} in "
        f"{hits[champion]:.1%} ({others}).",
        f"Next categories are guessed by {champion}: lowest log loss in the {WINDOW_DAYS} days after "
        f"{study.choice_date:%Y-%m-%d}, before the test began ({losses}).",
    ]
    if hits.idxmax() != champion and hits.max() > hits[champion]:
        notes.append(f"{hits.idxmax()} had the better first guess of next categories in the test.")
    return notes
