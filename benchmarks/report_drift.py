"""What share of a healthy shop's features crosses the level of a block after learning; prints the figures of decisions.

    python benchmarks/report_drift.py WAREHOUSE --until DAY

WAREHOUSE is the build of `guanxi run`, which describes customers at past dates. Each date is taken for the newest that
a model learned from, a date 90 days later for the night of learning, later ones for nights on which that model scores.
The threshold is chosen on nights up to DAY; those after it are shown beside.
"""

import argparse
from datetime import timedelta

import duckdb
import pandas as pd

from models.drift import Bins, shift
from models.feature_tables import feature_names
from pipelines.modelling.scoring import as_numbers
from pipelines.settings.model import Training

HORIZON_DAYS = 90
AGES = (31, 91)  # the past dates are some days off


def blocked(then: dict[str, Bins], now: pd.DataFrame, block_from: float) -> set[str]:
    """The features over the level."""
    found = {name: shift(bins, as_numbers(now[name])) for name, bins in then.items()}
    return {name for name, moved in found.items() if moved.psi >= max(block_from, moved.chance)}


def shares(features: pd.DataFrame) -> pd.DataFrame:
    """One row per night, and model that scores it: its age, the share of features that crossed since it learned."""
    names, level = feature_names(features), Training().drift_block
    of_date = dict(list(features.groupby("as_of_date")))
    rows = []
    for reference, customers in of_date.items():
        then = {name: Bins.of(as_numbers(customers[name])) for name in names}
        learned = [day for day in of_date if abs((day - reference).days - HORIZON_DAYS) <= 1]
        if not learned:
            continue
        over = blocked(then, of_date[learned[0]], level)
        for tonight in (day for day in of_date if timedelta(0) < day - learned[0] <= timedelta(days=max(AGES))):
            crossed = blocked(then, of_date[tonight], level) - over
            rows.append((reference.date(), tonight.date(), (tonight - learned[0]).days, len(crossed) / len(names)))
    return pd.DataFrame(rows, columns=["learned_until", "night", "age", "share"])


def main() -> None:
    """Print the greatest share by the age of the model, up to the day and after it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("warehouse")
    parser.add_argument("--until", type=pd.Timestamp, required=True)
    told = parser.parse_args()
    with duckdb.connect(told.warehouse, read_only=True) as connection:
        features = connection.execute("from features.customer_features order by as_of_date, customer_id").df()
    found = shares(features)
    print(f"{len(found)} nights of {features['as_of_date'].nunique()} dates, {len(feature_names(features))} features")
    for age in AGES:
        young = found[found["age"] <= age]
        before = young["night"] <= told.until.date()
        print(
            f"age up to {age} days: at most {young.loc[before, 'share'].max():.1%} until {told.until.date()}, "
            f"{young.loc[~before, 'share'].max():.1%} after"
        )


if __name__ == "__main__":
    main()
