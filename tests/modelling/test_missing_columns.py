"""A night whose tables lack a column that a score learns from is stopped in a line that names the column."""

from collections.abc import Iterator

import duckdb
import pytest

from models.hazard import KNOWN_BY
from models.lifetime_value.evidence import FITTED
from models.refusal import REFUSED_BY
from pipelines.modelling.scoring import read_inputs, scores
from pipelines.warehouse.duckdb_tables import DuckDBTables
from tests.conftest import Run

pytestmark = pytest.mark.xdist_group("first_night")  # one worker builds that night, once

FEATURES_OF = {"churn": {*KNOWN_BY, *REFUSED_BY}, "lifetime_value": {*FITTED}}
OUTCOMES_OF = {"churn": {"is_churned", "is_eligible"}, "lifetime_value": {"future_order_days", "future_net_sales"}}
COLUMNS = {
    "features.customer_features": FEATURES_OF,
    "features.customer_outcomes": {
        name: {"customer_id", "as_of_date", "horizon_days", *of} for name, of in OUTCOMES_OF.items()
    },
    "marts.fct_customer_days": {
        name: {"customer_id", "activity_date", "purchase_count"} for name in ("churn", "lifetime_value", "next_order")
    },
    "marts.fct_orders": {
        "next_categories": {"customer_id", "purchase_number", "order_date", "order_id"},
        "product_affinities": {"customer_id", "order_id", "ordered_at", "order_date", "is_purchase"},
    },
    "marts.dim_products": {"next_categories": {"category", "product_id"}},
    "marts.fct_order_items": {"product_affinities": {"order_id", "product_id", "quantity"}},
}
CASES = [
    (score, address, column)
    for address, of_score in COLUMNS.items()
    for score, columns in of_score.items()
    for column in sorted(columns)
]


@pytest.fixture(scope="module")
def empty_night(first_night: Run) -> Iterator[duckdb.DuckDBPyConnection]:
    """The night's tables without a row."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{first_night.home / 'warehouse' / 'guanxi.duckdb'}' as night (read_only)")
        for address in sorted({table for score in scores().values() for table in score.reads}):
            connection.execute(f"create schema if not exists {address.split('.')[0]}")
            connection.execute(f"create table {address} as from night.{address} limit 0")
        yield connection


def test_every_score_is_looked_at() -> None:
    assert {score for score, _, _ in CASES} == scores().keys()


@pytest.mark.parametrize(("score", "address", "column"), CASES)
def test_a_column_that_lacks_is_named(
    empty_night: duckdb.DuckDBPyConnection, score: str, address: str, column: str
) -> None:
    training = scores()[score].training
    assert training is not None
    read_inputs(DuckDBTables(empty_night), training.inputs)
    with empty_night.cursor() as connection:
        connection.execute("begin")
        connection.execute(f"alter table {address} drop column {column}")
        with pytest.raises(duckdb.BinderException) as refused:
            read_inputs(DuckDBTables(connection), training.inputs)
    first_line = str(refused.value).splitlines()[0]
    assert f'"{column}"' in first_line, first_line
