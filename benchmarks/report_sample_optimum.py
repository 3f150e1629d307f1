"""How near the churn model comes to the best that can be foretold of the sample shop, whose laws are known: prints it.

    python benchmarks/report_sample_optimum.py --seeds 1 2 3

For each seed a shop is generated and its night run, each in a folder of its own. The optimum is the AUC of the chance
that the generator itself gives everybody to buy nothing (`pipelines/sample/foresight.py`), for the customers, date and
window on which the model was tested: once of who knows the laws of the shop, once of who is also told how fast each
person lives.
"""

import argparse
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from models import metrics
from pipelines.folders import DataFolder
from pipelines.runner import run_nightly
from pipelines.sample.foresight import chances_of_none
from pipelines.sample.generator import generate
from pipelines.sample.truth import SampleTruth

HORIZON_DAYS = 90
MEASURED = """
    select role, candidate, value, test_as_of_date from ml.model_metrics
    where model = 'churn' and metric = 'auc' and segment = 'all' and horizon_days = ?
"""
OUTCOMES = """
    with whose as (
        select accounts.customer_id, identities.person_id
        from '{truth}/customers.parquet' as identities
        inner join intermediate.int_customer_accounts as accounts
            on accounts.account_key = 'sample:' || identities.identity
        union
        select orders.customer_id, owners.person_id
        from '{truth}/orders.parquet' as owners
        inner join marts.fct_orders as orders on orders.order_id = 'sample:' || owners.order_id
    )
    select customer_id, is_churned, list(person_id) as persons
    from features.customer_outcomes
    inner join whose using (customer_id)
    where is_eligible and as_of_date = ? and horizon_days = ?
    group by all order by customer_id
"""


@dataclass(frozen=True)
class Optimum:
    """AUC of the churn model in its test window, of the best rule there, and of the two who know more."""

    test_date: date
    customers: int
    champion: str
    measured: float
    best_rule: float
    knowing_shop: float
    knowing_person: float


def optimum(warehouse: Path, truth: Path) -> Optimum:
    """Of the build warehouse of a sample shop's night, and the folder with what is true of that shop."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        measured = connection.execute(MEASURED, [HORIZON_DAYS]).df()
        [champion] = measured[measured["role"] == "champion"].itertuples()
        day = champion.test_as_of_date.date()
        customers = connection.execute(OUTCOMES.format(truth=truth), [day, HORIZON_DAYS]).df()
    known = SampleTruth.read(truth)
    day_count = (day - known.first_date).days + 1
    chances = pd.DataFrame([vars(chance) for chance in chances_of_none(known.plan, day_count, HORIZON_DAYS)])
    of_person = chances.set_index("number")
    # Where several people became one customer, none of them may buy; those who never have are left out.
    said = [of_person.reindex(list(persons)).prod() for persons in customers["persons"]]
    best = {name: metrics.auc(customers["is_churned"], np.array([one[name] for one in said])) for name in of_person}
    rules = measured.loc[measured["role"] == "baseline", "value"]
    return Optimum(day, len(customers), champion.candidate, champion.value, rules.max(), **best)


def main() -> None:
    """Print a row for each seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--customers", type=int, default=4_000)
    parser.add_argument("--days", type=int, default=730)
    told = parser.parse_args()
    print("| seed | test date | customers | model | best rule | knowing the shop | less by | knowing each person |")
    print("|---" * 8 + "|")
    for seed in told.seeds:
        with tempfile.TemporaryDirectory() as place:
            files, folder = Path(place) / "files", DataFolder(Path(place) / "data")
            until = generate(files, told.customers, told.days, seed).until
            outcome = run_nightly(folder, {"sources": {"sample": str(files)}, "as_of": str(until)}, lambda moment: None)
            if not outcome.is_success:
                raise SystemExit(f"the night of seed {seed} was not published: {outcome.failures or outcome.bad_input}")
            found = optimum(folder.warehouse, files / "truth")
        print(
            f"| {seed} | {found.test_date} | {found.customers:,} | {found.measured:.4f} | {found.best_rule:.4f} | "
            f"{found.knowing_shop:.4f} | {found.knowing_shop - found.measured:.4f} | {found.knowing_person:.4f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
