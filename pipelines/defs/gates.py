"""Turns a table's rules into a gate: a blocking asset check. The rules live in expectations/, one table one file."""

import dagster as dg

from expectations.machinery.catalog import suites
from expectations.machinery.validation import Finding
from pipelines.defs.resources import ShopResource
from pipelines.night.runs import BROKEN_RULE, tag
from pipelines.warehouse.build import connect
from pipelines.warehouse.trust import Result, record_results

GATE = "is_what_was_promised"


def gates_of(*schemas: str) -> list[dg.AssetChecksDefinition]:
    """The gates of all tables in these schemas that have a suite."""
    return [gate(table) for table in sorted(suites()) if table.split(".")[0] in schemas]


def gate(table: str) -> dg.AssetChecksDefinition:
    """A check that stops everything downstream of `table` when an error-level rule of its suite is broken."""

    @dg.asset_check(
        asset=dg.AssetKey(table.split(".")),
        name=GATE,
        blocking=True,
        description=f"The rules of expectations/suites/{table.replace('.', '/')}.py hold.",
    )
    def check(context: dg.AssetCheckExecutionContext, shop: ShopResource) -> dg.AssetCheckResult:
        from expectations.machinery.catalog import rules_of
        from expectations.machinery.validation import validate

        build = shop.open().folder.warehouse
        findings = validate(build, table, rules_of(table))
        with connect(build) as connection:
            record_results(connection, context.run.run_id, table.split(".")[0], {table: map(as_result, findings)})
        broken = [finding for finding in findings if finding.is_broken]
        stopping = [finding for finding in broken if finding.severity == "error"]
        if stopping:
            tag(context.instance, context.run.run_id, {BROKEN_RULE: f"{table}: {stopping[0].rule}"})
        stops = bool(stopping)
        return dg.AssetCheckResult(
            passed=not broken,
            severity=dg.AssetCheckSeverity.ERROR if stops else dg.AssetCheckSeverity.WARN,
            description="; ".join(told(table, finding) for finding in broken) or f"{len(findings)} rules hold",
            metadata={f"{finding.severity}: {finding.rule}": told(table, finding) for finding in broken}
            | {"rules checked": len(findings)},
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


def promised_rules() -> dict[str, list[str]]:
    """The claims of every suite, by table."""
    from expectations.machinery.catalog import rules_of
    from expectations.machinery.validation import claim_of

    return {table: [claim_of(rule) for rule in rules_of(table)] for table in sorted(suites())}
