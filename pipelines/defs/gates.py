"""Turns what tables promise into gates, blocking asset checks. The promises stand in its yml and its suite."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import dagster as dg

from expectations.machinery.validation import Finding
from pipelines.dbt import scored_tables
from pipelines.defs.resources import ShopResource
from pipelines.modelling.scoring import SHARED, scores
from pipelines.night.runs import BROKEN_RULE, tag
from pipelines.promises import ask, gated_tables
from pipelines.tables import DeclaredTable
from pipelines.warehouse.build import connect
from pipelines.warehouse.spark_tables import known_session
from pipelines.warehouse.trust import Result, record_results

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

GATE = "is_what_was_promised"


def gates_of(*schemas: str) -> list[dg.AssetChecksDefinition]:
    """The gates of all tables in these schemas; those that are made in one step are asked in one."""
    steps: dict[str, list[DeclaredTable]] = {}
    for table in gated_tables(*schemas):
        steps.setdefault(_asked_in(table), []).append(table)
    return [gates(step, tables) for step, tables in steps.items()]


def _asked_in(table: DeclaredTable) -> str:
    if table.address in SHARED:
        return "gates_on_what_scores_share"
    if table.schema == "ml":
        name = table.address.removeprefix("ml.")
        return f"gates_on_{next((maker for maker, score in scores().items() if name in score.tables), name)}"
    return f"gates_on_{table.schema}{'_of_scores' if table.address in scored_tables() else ''}"


def gates(step: str, tables: Sequence[DeclaredTable]) -> dg.AssetChecksDefinition:
    """A check of each of these tables of one schema: a broken rule of level error stops all that is downstream."""
    by_key = {_key(table): table for table in tables}

    @dg.multi_asset_check(name=step, specs=[spec(table) for table in tables], can_subset=True)
    def checks(context: dg.AssetCheckExecutionContext, shop: ShopResource) -> Iterator[dg.AssetCheckResult]:
        asked = [table for key, table in by_key.items() if key in context.selected_asset_check_keys]
        build = shop.open().folder.warehouse
        with connect(build) as connection:
            found = {table: ask(connection, table, _session(shop, table)) for table in asked}
            noted = {table.address: map(as_result, findings) for table, findings in found.items()}
            record_results(connection, context.run.run_id, tables[0].schema, noted)
        stopping = [
            f"{table.address}: {finding.rule}"
            for table, findings in found.items()
            for finding in findings
            if finding.is_broken and finding.severity == "error"
        ]
        if stopping:
            tag(context.instance, context.run.run_id, {BROKEN_RULE: stopping[0]})
        for table, findings in found.items():
            yield result(table, findings)

    return checks


def spec(table: DeclaredTable) -> dg.AssetCheckSpec:
    """The gate of a table as its page shows it."""
    return dg.AssetCheckSpec(
        GATE,
        asset=_key(table).asset_key,
        blocking=True,
        description=f"{table.address} has its columns, describes this night and holds what "
        f"expectations/suites/{table.schema} claims. "
        "What a single row must be is asked here of what Python writes, and by dbt of what dbt builds.",
    )


def result(table: DeclaredTable, findings: list[Finding]) -> dg.AssetCheckResult:
    """What a gate's page shows of what it found."""
    broken = [finding for finding in findings if finding.is_broken]
    is_stopping = any(finding.severity == "error" for finding in broken)
    sentences = {f"{finding.severity}: {finding.rule}": told(table.address, finding) for finding in broken}
    return dg.AssetCheckResult(
        passed=not broken,
        asset_key=_key(table).asset_key,
        check_name=GATE,
        severity=dg.AssetCheckSeverity.ERROR if is_stopping else dg.AssetCheckSeverity.WARN,
        description="; ".join(sentences.values()) or f"{len(findings)} rules hold",
        metadata=sentences | {"rules checked": len(findings)},
    )


def _key(table: DeclaredTable) -> dg.AssetCheckKey:
    return dg.AssetCheckKey(dg.AssetKey(table.address.split(".")), GATE)


def _session(shop: ShopResource, table: DeclaredTable) -> "SparkSession | None":
    """What the night's record says of itself and of what landed is in the DuckDB file, whoever builds."""
    is_asked_of_spark = shop.is_on_spark and table.schema != "ops"
    return known_session(shop.open().folder.warehouse) if is_asked_of_spark else None


def told(table: str, finding: Finding) -> str:
    """One sentence about a broken rule: which, on which table, how many rows, where."""
    count = finding.unexpected_count
    rows = f", {count:,} row{'s' if count != 1 else ''}" if count else ""
    where = f": {'; '.join(finding.where)}" if finding.where else ""
    seen = f" (seen: {finding.observed_value})" if finding.observed_value and not finding.where else ""
    return f"{table} breaks {finding.rule}{rows}{where}{seen}"


def as_result(finding: Finding) -> Result:
    """What `ops.gate_results` keeps of a finding."""
    seen = "; ".join(finding.where) or finding.observed_value
    return Result(finding.rule, finding.severity, not finding.is_broken, finding.unexpected_count, seen)
