"""CONTRIBUTING's recipes, followed: each adds files and edits none, and its thing is in graph, gate, file and docs."""

import json
from typing import Any

import duckdb
import pytest

from tests.recipes.conftest import Copy, added_files

pytestmark = [pytest.mark.wide, pytest.mark.xdist_group("recipes")]  # one worker lives through the night, once
CHECK = "expectations/suites/marts/fct_returns.py"
SCORE = {"pipelines/modelling/return_risk.py", "dbt_project/models/modelling/return_risk.yml"}
FEED_AND_TABLE = {file for file in added_files() if "returns" in file and file != CHECK}

GRAPH = """
import json
from pipelines.definitions import defs
graph = defs().get_repository_def().asset_graph
print(json.dumps({
    "groups": {node.key.to_user_string(): node.group_name for node in graph.asset_nodes},
    "parents": {
        node.key.to_user_string(): [key.to_user_string() for key in node.parent_keys] for node in graph.asset_nodes
    },
    "gates": [key.asset_key.to_user_string() for key in graph.asset_check_keys if key.name == "is_what_was_promised"],
    "columns": [column.name for column in graph.get(next(
        node.key for node in graph.asset_nodes if node.key.path == ["raw", "returns"]
    )).metadata["dagster/column_schema"].columns],
}))
"""


@pytest.fixture(scope="module")
def graph(copy: Copy) -> dict[str, Any]:
    return json.loads(copy.ask(GRAPH).splitlines()[-1])


def published(copy: Copy, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(copy.data / "published" / "guanxi.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_a_feed_and_a_table_on_it_are_six_files() -> None:
    assert len(FEED_AND_TABLE) == 6


def test_the_feed_and_the_table_are_in_the_graph(graph: dict[str, Any]) -> None:
    assert graph["groups"]["lake/returns"] == graph["groups"]["raw/returns"] == "ingestion"
    assert (graph["groups"]["staging/stg_returns"], graph["groups"]["marts/fct_returns"]) == ("staging", "orders")
    assert "raw/returns" in graph["parents"]["staging/stg_returns"]
    assert "marts/fct_returns" in graph["parents"]["published/guanxi"]
    assert graph["columns"] == ["return_id", "order_id", "returned_at"]


def test_the_feed_and_the_table_have_gates_that_were_asked(copy: Copy, graph: dict[str, Any]) -> None:
    assert {"raw/returns", "marts/fct_returns"} <= set(graph["gates"])
    asked = published(copy, "select table_name, rule, is_passed from ops.gate_results where table_name like '%returns'")
    assert {
        ("raw.returns", "every_row_has_returned_at", True),
        ("raw.returns", "every_row_has_a_key_of_its_own", True),
        ("marts.fct_returns", "columns_and_types_are_those_declared", True),
        ("marts.fct_returns", "is_built_from_what_landed", True),
    } <= set(asked)


def test_a_check_is_one_file_and_is_asked(copy: Copy) -> None:
    asked = published(copy, "select rule, is_passed from ops.gate_results where table_name = 'marts.fct_returns'")
    assert ("nothing_comes_back_before_it_was_ordered", True) in asked


def test_a_score_is_one_file_and_the_yml_of_its_table(copy: Copy, graph: dict[str, Any]) -> None:
    assert set(added_files()) >= SCORE
    assert graph["groups"]["ml/return_risk"] == "modelling"
    assert {"marts/fct_returns", "marts/dim_customers"} <= set(graph["parents"]["ml/return_risk"])
    assert "ml/return_risk" in graph["gates"]
    [(scored,)] = published(copy, "select count(*) from ml.return_risk")
    [(sent_back,)] = published(copy, "select count(distinct customer_id) from marts.fct_returns")
    assert scored == sent_back > 0
    comments = "from duckdb_columns() where table_name = 'return_risk' and column_name = 'return_share'"
    assert published(copy, f"select comment {comments}") == [("Parcels that came back per order.",)]


def test_a_setting_is_one_field_and_the_shops_own_value_is_in_force(copy: Copy) -> None:
    [(habitual, expected)] = published(
        copy,
        "select count(*) filter (where is_habitual), count(*) filter (where return_share >= 0.25)"
        " from marts.customer_return_habits",
    )
    assert habitual == expected > 0
    settings = json.loads(copy.run("config", "--json"))
    assert "0.25" in json.dumps(settings)
    assert "who returns so much" in json.dumps(settings)


def test_the_table_is_published_with_its_rows_key_and_comments(copy: Copy) -> None:
    [(rows, kept)] = published(copy, "select count(*), min(days_kept) from marts.fct_returns")
    assert rows > 5
    assert kept >= 6
    [(quarantined,)] = published(copy, "select count(*) from ops.quarantined_rows where feed = 'returns'")
    assert quarantined == 1
    comments = "from duckdb_columns() where table_name = 'fct_returns' and column_name = 'days_kept'"
    assert published(copy, f"select comment {comments}") == [("Days from the order to the return.",)]
    assert published(
        copy,
        "select constraint_column_names from duckdb_constraints()"
        " where table_name = 'fct_returns' and constraint_type = 'PRIMARY KEY'",
    ) == [(["return_id"],)]


def test_the_table_is_in_the_data_dictionary(copy: Copy) -> None:
    text = (copy.data / "published" / "tables.md").read_text()
    assert "## marts.fct_returns" in text
    assert "| `days_kept` | bigint | Days from the order to the return. |" in text
