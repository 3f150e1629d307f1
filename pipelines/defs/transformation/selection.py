"""Which nodes dbt is asked for, when a person has chosen some tables or checks only. Runs nothing."""

import dagster as dg
from dagster_dbt import DagsterDbtTranslator
from dagster_dbt.asset_utils import get_subset_selection_for_context

from pipelines.dbt import manifest


def chosen(context: dg.AssetExecutionContext, translator: DagsterDbtTranslator, select: str, without: str) -> list[str]:
    """dbt's options for what this step of the run is to build and to test."""
    options, indirect = get_subset_selection_for_context(
        context, manifest(), select, without or None, None, translator, current_dbt_indirect_selection_env=None
    )
    return [*options, *(["--indirect-selection", indirect] if indirect else [])]
