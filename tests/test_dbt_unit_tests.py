"""dbt's unit tests, on a warehouse without a row: each that the project has is run and passes."""

import json
from pathlib import Path

import duckdb
import pytest

NIGHT = {"as_of": "2026-06-30", "shop_time_zone": "Asia/Shanghai", "currency": "CNY"}


def make_sources(connection: duckdb.DuckDBPyConnection, lake: Path) -> None:
    """An empty relation for every source: the feeds by their contracts, the rest by the types in sources.yml."""
    from pipelines.dbt import manifest
    from pipelines.landing.contracts import load_contracts
    from pipelines.landing.lake import create_raw_view, create_superseded_view
    from pipelines.landing.nights import EVER

    for contract in load_contracts().values():
        create_raw_view(connection, lake, contract, ["sample"])
        create_superseded_view(connection, lake, contract, ["sample"], EVER)
    for source in manifest()["sources"].values():
        if source["schema"] == "ops" or source["name"] in load_contracts():  # no model reads ops
            continue
        columns = ", ".join(f"{column['name']} {column['data_type']}" for column in source["columns"].values())
        connection.execute(f"create schema if not exists {source['schema']}")
        connection.execute(f"create table {source['schema']}.{source['name']} ({columns})")


def build_empty(folder: Path, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, str], str]:
    """Build every model without rows and run the unit tests: each node's status, and all that dbt said."""
    from pipelines.dbt import dbt_resource

    warehouse = folder / "guanxi.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        make_sources(connection, folder / "lake")
    monkeypatch.setenv("GUANXI_WAREHOUSE", str(warehouse))
    command = ["build", "--empty", "--exclude-resource-type", "test", "--vars", json.dumps(variables)]
    invocation = dbt_resource().cli(command, target_path=folder / "target", raise_on_error=False)
    told = "\n".join(event.raw_event["info"]["msg"] for event in invocation.stream_raw_events())
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    return {result["unique_id"]: result["status"] for result in results}, told


def test_every_dbt_unit_test_is_run_and_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.dbt import manifest

    statuses, told = build_empty(tmp_path, NIGHT, monkeypatch)
    ran = {name: status for name, status in statuses.items() if name.startswith("unit_test.")}
    assert ran, told
    assert ran.keys() == manifest()["unit_tests"].keys()
    assert set(ran.values()) == {"pass"}, told
    assert set(statuses.values()) == {"pass", "success"}, told


@pytest.mark.parametrize("missing", sorted(NIGHT))
def test_a_run_by_hand_without_the_nights_day_zone_or_currency_is_told_which_variable_to_give(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {name: value for name, value in NIGHT.items() if name != missing}
    statuses, told = build_empty(tmp_path, given, monkeypatch)
    assert "error" in statuses.values()
    assert f"the variable {missing} is missing" in told
    assert "--vars '{as_of: 2026-06-30, shop_time_zone: Asia/Shanghai, currency: CNY}'" in told
