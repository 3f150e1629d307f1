"""What dbt did, as Dagster shows it: a materialisation for each model that was built, a check for each test.

What the results say of tables is told in pipelines/dbt_results.py.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator
from dagster_dbt.asset_utils import get_asset_check_key_for_test

from pipelines.dbt import manifest
from pipelines.dbt_results import DbtResults

Event = dg.Output | dg.AssetCheckResult


def events_of(
    context: dg.AssetExecutionContext, results: DbtResults, translator: DagsterDbtTranslator
) -> Iterator[Event]:
    """The events in the order in which dbt came to their ends, without those of checks that nobody asked for."""
    asked = context.selected_asset_check_keys
    for node, result in results.nodes():
        told = {**_about(result), "invocation_id": results.invocation_id}
        if node["resource_type"] == "model" and result["status"] == "success":
            yield dg.Output(None, translator.get_asset_key(node).to_python_identifier(), metadata=told)
        elif node["resource_type"] == "test" and result["status"] != "skipped":
            key = check_of(node, translator)
            if key and key in asked:
                yield _check(key, result, told)


def check_of(test: dict[str, Any], translator: DagsterDbtTranslator) -> dg.AssetCheckKey | None:
    """The check that a test is shown as."""
    return get_asset_check_key_for_test(manifest(), translator, test["unique_id"], project=None)


def _check(key: dg.AssetCheckKey, result: dict[str, Any], told: dict[str, Any]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=result["status"] == "pass",
        asset_key=key.asset_key,
        check_name=key.name,
        severity=dg.AssetCheckSeverity.WARN if result["status"] == "warn" else dg.AssetCheckSeverity.ERROR,
        metadata=told | ({} if result["failures"] is None else {"dagster_dbt/failed_row_count": result["failures"]}),
    )


def _about(result: dict[str, Any]) -> dict[str, Any]:
    seconds = result["execution_time"]
    measured = {} if seconds is None else {"Execution Duration": seconds}
    return {**measured, "unique_id": result["unique_id"], "status": result["status"]}
