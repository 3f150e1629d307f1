"""What is asked of the rows of a kept table: what was worked out tonight, and, where that is not enough, the rest."""

import json
from pathlib import Path

import duckdb
import pytest

from pipelines.dbt import manifest, parsed_project
from pipelines.dbt_command import run_dbt
from pipelines.row_promises import ask_rows, row_tests
from pipelines.settings.model import Settings
from pipelines.warehouse.build import connect
from tests.rebuild.building import build
from tests.rebuild.history import NIGHTS, History

pytestmark = [pytest.mark.wide, pytest.mark.xdist_group("rebuild")]

TONIGHT = "order_id in (select order_id from changed.touched_orders)"
RENUMBERED = "order_id in (select order_id from changed.renumbered_orders)"


@pytest.fixture(scope="module")
def two_nights(history: History, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two nights")
    for night in NIGHTS[8:10]:
        warehouse = build(history.lake, folder, night, is_scored=False)
    with connect(warehouse, read_only=True) as connection:
        asked = "select count(*) filter ({}) > 20, count(*) filter (not {}) > 20 from marts.fct_order_items"
        assert connection.execute(asked.format(TONIGHT, TONIGHT)).fetchall() == [(True, True)]
    return warehouse


def spoilt(warehouse: Path, folder: Path, *statements: str) -> Path:
    spoilt = folder / "guanxi.duckdb"
    spoilt.write_bytes(warehouse.read_bytes())
    with duckdb.connect(str(spoilt)) as connection:
        for statement in statements:
            connection.execute(statement)
    return spoilt


def refusals(warehouse: Path, goes_on: bool = True) -> set[str]:
    """The tests on kept tables that find something: those of the yml, and dbt's own."""
    kept = {name for name, node in manifest()["nodes"].items() if node["config"]["materialized"] == "incremental"}
    with connect(warehouse, read_only=True) as connection:
        answers = [
            answer
            for model, tests in row_tests().items()
            if model in kept
            for answer in ask_rows(lambda statement: connection.execute(statement).fetchall()[0], model, tests, goes_on)
        ]
    assert len(answers) > 20
    assert {answer.status for answer in answers} <= {"pass", "fail"}
    return {answer.test["name"] for answer in answers if answer.status == "fail"} | _refused_by_dbt(warehouse, goes_on)


def _refused_by_dbt(warehouse: Path, goes_on: bool) -> set[str]:
    command = ["build", "--select", "config.materialized:incremental", "--resource-type", "test"]
    command += ["--exclude", "test_type:generic", *([] if goes_on else ["--full-refresh"])]
    command += ["--vars", json.dumps(Settings().dbt_variables())]
    run_dbt(command, warehouse, warehouse.parent / "dbt", parsed_project())
    results = json.loads((warehouse.parent / "dbt" / "run_results.json").read_text())["results"]
    assert {result["status"] for result in results} <= {"pass", "fail", "skipped"}  # behind one that fails
    return {result["unique_id"].split(".")[2] for result in results if result["status"] == "fail"}


def found(refused: set[str], test: str) -> bool:
    return any(name.startswith(test) for name in refused)


def test_of_a_night_that_is_true_nothing_is_refused(two_nights: Path, tmp_path: Path) -> None:
    warehouse = spoilt(two_nights, tmp_path)
    assert refusals(warehouse) == set()
    assert refusals(warehouse, goes_on=False) == set()


@pytest.mark.parametrize(
    ("table", "change", "test"),
    [
        ("marts.fct_orders", "order_date = null", "not_null_fct_orders_order_date"),
        ("marts.fct_orders", "status = 'lost'", "accepted_values_fct_orders_status"),
        ("marts.fct_orders", "customer_id = 'nobody'", "relationships_fct_orders_customer_id"),
        ("marts.fct_orders", "net_amount = net_amount + 1", "assert_net_is_total_less_refunds"),
        ("marts.fct_order_items", "product_id = 'nothing'", "relationships_fct_order_items_product_id"),
        ("marts.fct_order_items", "total_amount = total_amount + 1", "assert_lines_add_up_to_their_order"),
        ("marts.fct_order_items", "gross_amount = gross_amount + 1", "assert_an_order_is_the_sum_of_its_lines"),
    ],
)
def test_what_is_spoilt_of_tonight_is_refused(
    two_nights: Path, tmp_path: Path, table: str, change: str, test: str
) -> None:
    refused = refusals(spoilt(two_nights, tmp_path, f"update {table} set {change} where {TONIGHT}"))
    assert found(refused, test)


def test_what_is_unique_is_looked_for_in_the_whole_table(two_nights: Path, tmp_path: Path) -> None:
    """A line of tonight may bear the id of one that stays."""
    one_that_stays = f"(select min(order_item_id) from intermediate.int_order_lines where not {TONIGHT})"
    one_of_tonight = f"(select min(order_item_id) from intermediate.int_order_lines where {TONIGHT})"
    statement = "update intermediate.int_order_lines set order_item_id = {} where order_item_id = {}"
    refused = refusals(spoilt(two_nights, tmp_path, statement.format(one_that_stays, one_of_tonight)))
    assert found(refused, "unique_int_order_lines_order_item_id")


def test_what_leads_to_a_row_that_is_gone_tonight_is_refused(two_nights: Path, tmp_path: Path) -> None:
    """Lines are kept by fewer changes than orders are."""
    gone = """order_id = (
        select min(order_id) from changed.renumbered_orders inner join marts.fct_order_items using (order_id)
        where order_id not in (select order_id from changed.touched_orders)
    )"""
    refused = refusals(spoilt(two_nights, tmp_path, f"delete from marts.fct_orders where {gone}"))
    assert found(refused, "relationships_fct_order_items_order_id")


def test_what_was_worked_out_on_an_earlier_night_is_asked_anew_when_all_is(two_nights: Path, tmp_path: Path) -> None:
    """A night does not go on from a table that is not as it was left (test_kept_tables), so it asks all then."""
    statement = (
        "update marts.fct_orders set status = 'lost' where order_id = (select min(order_id) from {} where not {})"
    )
    warehouse = spoilt(two_nights, tmp_path, statement.format("marts.fct_orders", RENUMBERED))
    assert refusals(warehouse) == set()
    assert found(refusals(warehouse, goes_on=False), "accepted_values_fct_orders_status")
