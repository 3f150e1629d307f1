"""Turns a table's rules into a gate: a blocking asset check. The rules live in expectations/, one table one file."""

from datetime import UTC, datetime

import dagster as dg

from expectations.catalog import TABLES
from expectations.validation import Finding
from pipelines.defs.resources import ShopResource
from pipelines.shop import read_night
from pipelines.warehouse.build import connect

GATE = "is_what_was_promised"


def gates_of(*schemas: str) -> list[dg.AssetChecksDefinition]:
    """The gates of all tables in these schemas that have a suite."""
    return [gate(table) for table in TABLES if table.split(".")[0] in schemas]


def gate(table: str) -> dg.AssetChecksDefinition:
    """A check that stops everything downstream of `table` when an error-level rule of its suite is broken."""

    @dg.asset_check(
        asset=dg.AssetKey(table.split(".")),
        name=GATE,
        blocking=True,
        description=f"The rules of expectations/{table.replace('.', '_')}.py hold.",
    )
    def check(context: dg.AssetCheckExecutionContext, shop: ShopResource) -> dg.AssetCheckResult:
        from expectations.catalog import rules_of
        from expectations.validation import validate

        build = shop.open().folder.warehouse
        findings = validate(build, table, rules_of(table))
        record(shop, context.run.run_id, table, findings)
        broken = [finding for finding in findings if finding.is_broken]
        stops = any(finding.severity == "error" for finding in broken)
        return dg.AssetCheckResult(
            passed=not broken,
            severity=dg.AssetCheckSeverity.ERROR if stops else dg.AssetCheckSeverity.WARN,
            description="; ".join(told(table, finding) for finding in broken) or f"{len(findings)} rules hold",
            metadata={finding.rule: told(table, finding) for finding in broken} | {"rules checked": len(findings)},
        )

    return check


def told(table: str, finding: Finding) -> str:
    """One sentence about a broken rule: which, on which table, how many rows, where."""
    rows = f", {finding.unexpected_count:,} rows" if finding.unexpected_count else ""
    where = f": {'; '.join(finding.where)}" if finding.where else ""
    seen = f" (seen: {finding.observed_value})" if finding.observed_value and not finding.where else ""
    return f"{table} breaks {finding.rule}{rows}{where}{seen}"


def record(shop: ShopResource, run_id: str, table: str, findings: list[Finding]) -> None:
    """Append what the gate found to `ops.gate_results`; a gate that is run again in one run replaces its lines."""
    checked_at = datetime.now(UTC).replace(tzinfo=None)
    with connect(shop.open().folder.warehouse) as connection:
        night = read_night(connection)
        connection.execute("delete from ops.gate_results where run_id = ? and table_name = ?", [run_id, table])
        connection.executemany(
            "insert into ops.gate_results values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    run_id,
                    night.as_of_date,
                    table.split(".")[0],
                    table,
                    finding.rule,
                    finding.severity,
                    not finding.is_broken,
                    finding.unexpected_count,
                    finding.observed_value,
                    checked_at,
                )
                for finding in findings
            ],
        )
