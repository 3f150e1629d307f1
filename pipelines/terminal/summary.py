"""The summary that ends a night, read from the published file as any reader would read it. No figure is computed here:
what is printed is a published table's.
"""

from itertools import groupby
from json import dumps
from operator import itemgetter
from pathlib import Path
from shlex import quote

import duckdb
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines.folders import DataFolder
from pipelines.runner import Outcome
from pipelines.warehouse.build import connect
from pipelines.warehouse.publication import published_file, rows_published

INGESTED = """
    select feed, rows_read, rows_loaded, rows_quarantined, duplicates_dropped from ops.feed_totals order by feed
"""
QUARANTINE = "select feed, reason, row_count from ops.quarantine_reasons order by feed, row_count desc, reason"
REMARKS = "select distinct file_name, remarks from ops.ingested_files where remarks <> '' order by all"
GATES = """
    select gate, table_count, rule_count, held_count from ops.gate_totals
    where run_id = ? and gate not in ('dbt', 'modelling') order by began_at
"""
TIERS = """
    select segment, customer_count, net_sales_12m, customer_share, sales_share_12m, predicted_value
    from marts.segment_summary where segment_type = 'value_tier' order by average_net_sales_12m
"""
RFM = """
    select segment, customer_count, net_sales
    from marts.segment_summary where segment_type = 'rfm_group' order by net_sales desc, segment
"""
VALUE = """
    select segment, customer_count, net_sales, predicted_value, expected_orders, average_probability_no_purchase
    from marts.segment_summary where segment_type = 'value_method' and segment <> 'none' order by segment
"""
CHURN = """
    select segment_type, segment, customer_count, average_churn_probability
    from marts.segment_summary where segment_type in ('churn_band', 'churn_method') and segment <> 'none'
    order by average_churn_probability
"""
METRICS = """
    select role, candidate, metric, value from ml.model_metrics
    where model = $model and segment = 'all' and list_contains($metrics, metric)
        and horizon_days = (
            select horizon_days from ml.model_metrics where model = $model order by horizon_days desc limit 1
        )
    order by role = 'baseline', role, candidate
"""
QUERY = (
    "select customer_id, value_tier, rfm_group, total_value, churn_band "
    "from marts.customer_360 order by total_value desc limit 10"
)


def show_summary(console: Console, folder: DataFolder, outcome: Outcome, seconds: float) -> None:
    """Print what tonight's published file says."""
    file = published_file(folder.published)
    with connect(file, read_only=True) as connection:
        night = connection.execute("select as_of_date, currency, source_names from ops.night").fetchall()[0]
        currency = night[1]
        console.print(
            f"\n[bold]Published[/bold] as of {night[0]}, source {escape(night[2])}, in {seconds:.0f} s\n",
            highlight=False,
        )
        _show_ingested(console, connection)
        _show_tables(console, folder)
        _show_gates(console, connection, outcome)
        _show_customers(console, connection, currency)
        _show_models(console, connection, currency)
        remarks = [f"{name}: {remark}" for name, remark in connection.execute(REMARKS).fetchall()]
    for note in [*outcome.notes, *remarks]:
        console.print(f"[cyan]note[/cyan] {escape(note)}", soft_wrap=True, highlight=False)
    for warning in outcome.warnings:
        console.print(f"[yellow]warning[/yellow] {escape(warning)}", soft_wrap=True, highlight=False)
    console.print(
        f"\nThe file: [bold]{escape(str(file))}[/bold] (read-only; Parquet beside it)", soft_wrap=True, highlight=False
    )
    console.print("Ask it something:", highlight=False)
    console.print(f"  {_python()} -c {quote(_code(file))}", soft_wrap=True, highlight=False, markup=False)


def _code(file: Path) -> str:
    """Python that asks the published file; its strings are in double quotes, so that a shell's single ones hold it."""
    path = dumps(str(file), ensure_ascii=False)
    return f"import duckdb; duckdb.connect({path}, read_only=True).sql({dumps(QUERY)}).show()"


def _show_ingested(console: Console, connection: duckdb.DuckDBPyConnection) -> None:
    rows = connection.execute(INGESTED).fetchall()
    table = _table("Rows landed", "feed", "read", "loaded", "quarantined", "exact duplicates")
    for row in rows:
        table.add_row(row[0], *(f"{value:,}" for value in row[1:]))
    console.print(table)
    reasons = _table("Quarantined, and why", "feed", "reason")
    for feed, found in groupby(connection.execute(QUARANTINE).fetchall(), key=itemgetter(0)):
        reasons.add_row(feed, ", ".join(f"{reason} {count}" for _feed, reason, count in found))
    if reasons.row_count:
        console.print(reasons)


def _show_tables(console: Console, folder: DataFolder) -> None:
    table = _table("Rows published", "table", "rows", "table", "rows")
    cells = [cell for name, count in rows_published(folder.published).items() for cell in (name, f"{count:,}")]
    for start in range(0, len(cells), 4):
        table.add_row(*cells[start : start + 4])
    console.print(table)


def _show_gates(console: Console, connection: duckdb.DuckDBPyConnection, outcome: Outcome) -> None:
    table = _table("Gates", "gate on", "tables", "rules", "held")
    for gate, tables, rules, held in connection.execute(GATES, [outcome.run_id]).fetchall():
        table.add_row(gate, f"{tables}", f"{rules}", f"{held}")
    console.print(table)


def _show_customers(console: Console, connection: duckdb.DuckDBPyConnection, currency: str) -> None:
    sales = f"net sales {currency}"
    tiers = _table(
        "Value tiers, trailing 12 months", "tier", "customers", sales, "customers %", "sales %", "next 365 d"
    )
    for tier, customers, amount, share, sales_share, expected in connection.execute(TIERS).fetchall():
        shares = f"{share:.1%}", f"{sales_share or 0:.1%}"
        tiers.add_row(tier, f"{customers:,}", f"{amount:,.0f}", *shares, f"{expected or 0:,.0f}")
    console.print(tiers)
    groups = _table("RFM groups", "group", "customers", sales)
    for group, customers, amount in connection.execute(RFM).fetchall():
        groups.add_row("no purchase yet" if group == "none" else group, f"{customers:,}", f"{amount:,.0f}")
    console.print(groups)


def _show_models(console: Console, connection: duckdb.DuckDBPyConnection, currency: str) -> None:
    for method, customers, historic, predicted, orders, silent in connection.execute(VALUE).fetchall():
        console.print(
            f"Lifetime value ({method}): {customers:,} customers brought {historic:,.0f} {currency} "
            f"and are expected to bring {predicted:,.0f} {currency}{_within(orders, silent)}.\n",
            highlight=False,
        )
    churn = connection.execute(CHURN).fetchall()
    if churn:
        methods = ", ".join(segment for division, segment, *_ in churn if division == "churn_method")
        told = [f"{band} {count:,} ({share:.0%})" for division, band, count, share in churn if division == "churn_band"]
        console.print(f"Churn within 90 days ({methods}): {', '.join(told)}\n", highlight=False)
    for model, title, metrics in (
        ("churn", "Churn model against naive rules, on later data", ["auc", "average_precision", "brier", "accuracy"]),
        (
            "lifetime_value",
            "Lifetime value against naive rules, on later data",
            ["bias", "mae", "gini", "interval_coverage"],
        ),
        (
            "next_order",
            "Next order dates against naive rules, on later data",
            ["median_absolute_error", "interval_coverage", "brier", "auc"],
        ),
    ):
        _show_metrics(console, connection, model, title, metrics)


def _within(orders: float | None, silent: float | None) -> str:
    """What a method that forecasts money only (a ratio, where there is too little history) does not say is left out."""
    expected = "" if orders is None else f" in {orders:,.0f} orders"
    chance = "" if silent is None else f"; on average {silent:.0%} likely to buy nothing"
    return f"{expected} in the next 365 days{chance}"


def _show_metrics(
    console: Console, connection: duckdb.DuckDBPyConnection, model: str, title: str, metrics: list[str]
) -> None:
    values: dict[tuple[str, str], dict[str, float]] = {}
    for role, candidate, metric, value in connection.execute(METRICS, {"model": model, "metrics": metrics}).fetchall():
        values.setdefault((role, candidate), {})[metric] = value
    if not values:
        return
    headings = [metric.removeprefix("interval_").replace("average", "mean").replace("_", " ") for metric in metrics]
    table = _table(title, "role", "candidate", *headings)
    for (role, candidate), scores in values.items():
        cells = [f"{scores[metric]:.3f}" if metric in scores else "" for metric in metrics]
        table.add_row(role, candidate, *cells, style="bold" if role == "champion" else None)
    console.print(table)


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=box.SIMPLE_HEAD)
    text = {"feed", "reason", "table", "gate on", "tier", "group", "role", "candidate"}
    for heading in headings:
        table.add_column(heading, justify="left" if heading in text else "right", overflow="fold")
    return table


def _python() -> str:
    import sys

    return sys.executable
