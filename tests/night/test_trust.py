"""Whoever starts it, publication asks the gates of the tables as they are now; else nothing changes for readers."""

from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from pipelines.landing.contracts import load_contracts
from tests.conftest import Run

pytestmark = pytest.mark.xdist_group("same_night")  # one worker builds that night, once


def published_together() -> list[str]:
    """The assets of the one step that publishes, which are asked for together or not at all."""
    from pipelines.tables import history
    from pipelines.warehouse.trust import GATE_TOTALS

    return ["published/guanxi", *(address.replace(".", "/") for address in (*history(), GATE_TOTALS))]


def materialize(run: Run, *assets: str, configuration: dict[str, Any] | None = None) -> Any:
    """What the button Materialize of the web UI does with these assets alone, in this process."""
    from pipelines.definitions import defs
    from pipelines.folders import DataFolder
    from pipelines.runner import prepare_instance

    prepare_instance(DataFolder(run.home))
    whole = defs().get_repository_def().get_implicit_global_asset_job_def()
    job = whole.get_subset(asset_selection={dg.AssetKey.from_user_string(asset) for asset in assets})
    told = run.configuration() if configuration is None else configuration
    with dg.DagsterInstance.get() as instance:
        return job.execute_in_process(run_config=told, instance=instance, raise_on_error=False)


def spoil(run: Run, statement: str) -> None:
    with duckdb.connect(str(run.home / "warehouse" / "guanxi.duckdb")) as connection:
        connection.execute(statement)


def verdict(result: Any) -> dg.AssetCheckEvaluation:
    [found] = [one for one in result.get_asset_check_evaluations() if one.check_name == "the_night_is_trusted"]
    return found


def assert_refused(run: Run, before: bytes, *words: str) -> None:
    result = materialize(run, *published_together())
    assert not result.success
    assert not verdict(result).passed
    for word in words:
        assert word in verdict(result).description, verdict(result).description
    assert run.published.read_bytes() == before
    assert len(list((run.home / "published" / "generations").iterdir())) == 1


def test_the_verdict_of_a_published_night_is_one_sentence(first_night: Run) -> None:
    from pipelines.folders import DataFolder
    from pipelines.night.runs import PUBLISHED_ASSET
    from pipelines.runner import prepare_instance

    prepare_instance(DataFolder(first_night.home))
    with dg.DagsterInstance.get() as instance:
        key = dg.AssetCheckKey(PUBLISHED_ASSET, "the_night_is_trusted")
        record = instance.event_log_storage.get_latest_asset_check_execution_by_key([key])[key]
    sentence = record.event.dagster_event.event_specific_data.description
    assert sentence.startswith("As of 2026-06-30:")
    assert "rules were asked" in sentence


def test_tables_as_the_gates_saw_them_may_be_published_again(first_night: Run, tmp_path: Path) -> None:
    night = first_night.copy(tmp_path / "data")
    before = night.published.read_bytes()
    assert materialize(night, *published_together()).success
    assert night.published.read_bytes() != before


def test_a_table_that_changed_after_its_gate_is_not_published(first_night: Run, tmp_path: Path) -> None:
    night = first_night.copy(tmp_path / "data")
    before = night.published.read_bytes()
    spoil(night, "insert into marts.customer_360 from marts.customer_360 limit 100")
    assert_refused(night, before, "marts.customer_360", "changed since it was built and tested")


def test_a_green_gate_does_not_speak_for_the_tests_of_a_build(first_night: Run, tmp_path: Path) -> None:
    """That every customer is there is dbt's to test, when it builds: a gate that is asked again cannot know."""
    night = first_night.copy(tmp_path / "data")
    before = night.published.read_bytes()
    some = "select customer_id from marts.customer_360 limit 3"
    spoil(night, f"delete from marts.customer_360 where customer_id in ({some})")
    assert execute_gate(night, "marts/customer_360").success
    assert_refused(night, before, "marts.customer_360", "changed since it was built and tested")


def test_a_red_gate_keeps_its_word_in_later_runs(first_night: Run, tmp_path: Path) -> None:
    night = first_night.copy(tmp_path / "data")
    before = night.published.read_bytes()
    spoil(night, "update marts.customer_360 set net_sales = net_sales + 1")
    assert not execute_gate(night, "marts/customer_360").success
    assert_refused(night, before, "marts.customer_360 breaks", "net_sales_are_what_the_customer_table_says")


def execute_gate(run: Run, asset: str) -> Any:
    """What the button Execute of a gate does."""
    from pipelines.definitions import defs
    from pipelines.defs.gates import GATE

    whole = defs().get_repository_def().get_implicit_global_asset_job_def()
    key = dg.AssetCheckKey(dg.AssetKey.from_user_string(asset), GATE)
    job = whole.get_subset(asset_selection=set(), asset_check_selection={key})
    with dg.DagsterInstance.get() as instance:
        return job.execute_in_process(run_config=run.configuration(), instance=instance, raise_on_error=False)


def test_tables_built_from_other_files_are_not_published(first_night: Run, sample_files: Path, tmp_path: Path) -> None:
    """The raw gates of the new files are green, the marts are yesterday's: each gate alone would let them pass."""
    night = first_night.copy(tmp_path / "data")
    before = night.published.read_bytes()
    landed = tmp_path / "files"
    landed.mkdir()
    for path in sample_files.glob("*.*"):
        (landed / path.name).symlink_to(path)
    (landed / "orders-late.csv").write_text(
        "order_id,account_id,ordered_at,status,currency,total\nlate-1,,2026-06-29 10:00:00,paid,CNY,10.00\n"
    )
    night.shop["sources"] = {"sample": str(landed)}
    by_feed = [f"{layer}/{feed}" for layer in ("lake", "raw") for feed in load_contracts()]
    materialize(night, "landing/files", "ops/night", *by_feed)
    assert_refused(night, before, "was not built from what has landed", "is_built_from_what_landed")


@pytest.mark.wide
def test_a_failing_dbt_test_is_red_at_its_table_and_stops_every_door(
    first_night: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A test of dbt's that finds rows is a broken rule like any other, by table and name."""
    import pipelines.dbt_results as results

    night = first_night.copy(tmp_path / "data")
    before = night.published.read_bytes()
    real = results.DbtResults._results

    def with_a_broken_test(self: Any) -> list[dict[str, Any]]:
        found = real(self)
        for result in found:
            if result["unique_id"].endswith("assert_net_is_total_less_refunds"):
                result |= {"status": "fail", "failures": 3}
        return found

    monkeypatch.setattr(results.DbtResults, "_results", with_a_broken_test)
    assert not night.again().outcome.is_success
    assert night.published.read_bytes() == before
    monkeypatch.undo()
    assert_refused(night, before, "assert_net_is_total_less_refunds", "marts.fct_orders")


@pytest.mark.wide
def test_one_score_made_again_leaves_the_figures_of_the_others_and_the_trust_in_them(
    first_night: Run, tmp_path: Path
) -> None:
    night = first_night.copy(tmp_path / "data")
    metrics = "select model, count(*), sum(value) from ml.model_metrics group by model order by model"
    with duckdb.connect(str(night.home / "warehouse" / "guanxi.duckdb"), read_only=True) as connection:
        before = connection.execute(metrics).fetchall()
    assert materialize(night, "ml/customer_churn", "ml/churn_reliability").success
    with duckdb.connect(str(night.home / "warehouse" / "guanxi.duckdb"), read_only=True) as connection:
        assert connection.execute(metrics).fetchall() == [pytest.approx(row) for row in before]
    assert materialize(night, *published_together()).success
    spoil(night, "delete from ml.model_metrics where model = 'churn'")
    assert not materialize(night, *published_together()).success
    assert materialize(night, "ml/customer_churn", "ml/churn_reliability").success
    assert materialize(night, *published_together()).success
