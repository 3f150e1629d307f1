"""The graph reads like the story: addresses as keys, a group per step, a gate on every stage, one nightly job."""

from pathlib import Path

import dagster as dg
import pytest

from pipelines.folders import DBT_PROJECT

SUBJECTS = {file.parent.name for file in (DBT_PROJECT / "models").rglob("*.sql")}


@pytest.fixture(scope="module")
def repository() -> dg.RepositoryDefinition:
    from pipelines.definitions import defs

    return defs().get_repository_def()


def test_groups_follow_the_story(repository: dg.RepositoryDefinition) -> None:
    groups = {node.group_name for node in repository.asset_graph.asset_nodes}
    assert {"staging", "orders", "customers"} < SUBJECTS
    assert groups == {"ingestion", "reference", *SUBJECTS, "modelling", "publishing"}


def test_every_asset_has_a_description_and_an_address_as_key(repository: dg.RepositoryDefinition) -> None:
    for node in repository.asset_graph.asset_nodes:
        assert len(node.key.path) == 2, node.key
        assert node.description, node.key


def test_every_mart_and_score_has_a_blocking_gate(repository: dg.RepositoryDefinition) -> None:
    graph = repository.asset_graph
    gated = {
        key.asset_key.path[0] + "." + key.asset_key.path[1]
        for key in graph.asset_check_keys
        if key.name == "is_what_was_promised" and graph.get(key).blocking
    }
    wanted = {
        ".".join(node.key.path)
        for node in graph.asset_nodes
        if node.key.path[0] in ("raw", "features", "ml") or (node.key.path[0] == "marts")
    }
    assert wanted <= gated


def test_nothing_is_staged_before_the_gates_on_what_landed(repository: dg.RepositoryDefinition) -> None:
    graph = repository.asset_graph
    waited_for = {dg.AssetKey(["ops", "ingested_files"]), dg.AssetKey(["ops", "unread_inputs"])}
    for node in graph.asset_nodes:
        assert node.group_name != "staging" or waited_for <= node.parent_keys, node.key


def test_what_depends_on_the_day_says_so(repository: dg.RepositoryDefinition) -> None:
    readers = {key.path[-1] for key in repository.asset_graph.get(dg.AssetKey(["ops", "night"])).child_keys}
    assert {"stg_orders", "stg_tickets", "dim_customers", "customer_tiers", "int_as_of_dates"} <= readers


def test_models_show_their_columns(repository: dg.RepositoryDefinition) -> None:
    node = repository.asset_graph.get(dg.AssetKey(["marts", "customer_tiers"]))
    columns = {column.name for column in node.metadata["dagster/column_schema"].columns}
    assert {"customer_id", "value_tier"} <= columns


def test_the_night_runs_at_two_in_the_shops_time_zone(repository: dg.RepositoryDefinition) -> None:
    schedule = repository.get_schedule_def("nightly_at_two")
    assert schedule.cron_schedule == "0 2 * * *"
    assert schedule.execution_timezone == "Asia/Shanghai"
    assert schedule.job_name == "nightly"


def tick(repository: dg.RepositoryDefinition) -> dg.RunRequest | dg.SkipReason:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    moment = datetime(2026, 7, 1, 2, tzinfo=ZoneInfo("Asia/Shanghai"))
    with dg.build_schedule_context(scheduled_execution_time=moment) as context:
        return repository.get_schedule_def("nightly_at_two")(context)


def test_the_schedule_asks_for_the_day_that_has_just_ended(
    repository: dg.RepositoryDefinition, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "orders.csv").write_text("order_id\n")
    monkeypatch.setenv("GUANXI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("GUANXI_SOURCES", f"sample={tmp_path}")
    request = tick(repository)
    assert request.run_config["resources"]["shop"]["config"]["as_of"] == "2026-06-30"
    assert request.tags["guanxi/as_of"] == "2026-06-30"


def test_the_schedule_starts_nothing_that_cannot_work(
    repository: dg.RepositoryDefinition, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GUANXI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("GUANXI_SOURCES", f"thelook={tmp_path}/nowhere")
    skipped = tick(repository)
    assert isinstance(skipped, dg.SkipReason)
    assert f"{tmp_path}/nowhere" in skipped.skip_message
