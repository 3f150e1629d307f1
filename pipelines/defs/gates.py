"""Turns what a table promises into a gate, a blocking asset check. The promises stand in its yml and its suite."""

import dagster as dg

from expectations.machinery.validation import Finding
from pipelines.defs.resources import ShopResource
from pipelines.night.runs import BROKEN_RULE, tag
from pipelines.promises import ask, gated_tables
from pipelines.tables import DeclaredTable
from pipelines.warehouse.build import connect
from pipelines.warehouse.spark_tables import known_session
from pipelines.warehouse.trust import Result, record_results

GATE = "is_what_was_promised"


def gates_of(*schemas: str) -> list[dg.AssetChecksDefinition]:
    """The gates of all tables in these schemas."""
    return [gate(table) for table in gated_tables(*schemas)]


def gate(table: DeclaredTable) -> dg.AssetChecksDefinition:
    """A check that stops everything downstream of `table` when an error-level rule of it is broken."""

    @dg.asset_check(
        asset=dg.AssetKey(table.address.split(".")),
        name=GATE,
        blocking=True,
        description=f"{table.address} has its columns, describes this night and holds what "
        f"expectations/suites/{table.schema} claims. "
        "What a single row must be is asked here of what Python writes, and by dbt of what dbt builds.",
    )
    def check(context: dg.AssetCheckExecutionContext, shop: ShopResource) -> dg.AssetCheckResult:
        build = shop.open().folder.warehouse
        # what the night's record says of itself and of what landed is in the DuckDB file, whoever builds
        is_asked_of_spark = shop.is_on_spark and table.schema != "ops"
        session = known_session(build) if is_asked_of_spark else None
        with connect(build) as connection:
            findings = ask(connection, table, session)
            record_results(connection, context.run.run_id, table.schema, {table.address: map(as_result, findings)})
        broken = [finding for finding in findings if finding.is_broken]
        stopping = [finding for finding in broken if finding.severity == "error"]
        if stopping:
            tag(context.instance, context.run.run_id, {BROKEN_RULE: f"{table.address}: {stopping[0].rule}"})
        sentences = {f"{finding.severity}: {finding.rule}": told(table.address, finding) for finding in broken}
        return dg.AssetCheckResult(
            passed=not broken,
            severity=dg.AssetCheckSeverity.ERROR if stopping else dg.AssetCheckSeverity.WARN,
            description="; ".join(sentences.values()) or f"{len(findings)} rules hold",
            metadata=sentences | {"rules checked": len(findings)},
        )

    return check


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
