"""A simulated shop whose customers each prefer one category, and its order lines as the warehouse gives them."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

TODAY = pd.Timestamp("2024-06-30")
CATEGORIES = np.array(["books", "cups", "pots", "shoes", "tea", "toys"])
OF_THE_FAVOURITE = 0.6  # the chance that a line is of it; the others share the rest


@pytest.fixture(scope="session")
def make_lines() -> Callable[..., pd.DataFrame]:
    """A function that draws a shop of two years; with `favourite` the category that each customer prefers."""

    def make(customers: int = 2500, seed: int = 0, preference: float = OF_THE_FAVOURITE) -> pd.DataFrame:
        random = np.random.default_rng(seed)
        favourite = random.integers(0, len(CATEGORIES), customers)
        customer = np.repeat(np.arange(customers), random.geometric(0.15, customers))
        orders = pd.DataFrame({"customer": customer, "ago": random.integers(0, 730, len(customer))})
        orders = orders.sort_values(["customer", "ago"], ascending=[True, False], ignore_index=True)
        orders["purchase_number"] = orders.groupby("customer").cumcount() + 1
        lines = orders.loc[orders.index.repeat(random.integers(1, 4, len(orders)))]
        other = random.integers(0, len(CATEGORIES), len(lines))
        is_favourite = random.random(len(lines)) < preference
        lines = lines.assign(category=CATEGORIES[np.where(is_favourite, favourite[lines["customer"]], other)])
        lines = lines.groupby(["customer", "purchase_number", "ago", "category"]).size().rename("line_count")
        made = lines.reset_index()
        return pd.DataFrame(
            {
                "customer_id": [f"c{number:05d}" for number in made["customer"]],
                "purchase_number": made["purchase_number"],
                "order_date": TODAY - pd.to_timedelta(made["ago"], unit="D"),
                "category": made["category"],
                "line_count": made["line_count"],
                "favourite": CATEGORIES[favourite[made["customer"]]],
            }
        )

    return make


@pytest.fixture(scope="session")
def lines(make_lines: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    """One such shop; not to be changed."""
    return make_lines()
