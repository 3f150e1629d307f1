"""Whether the floor made what was published: row by row but for the customers' names, which are made with a secret."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

TABLES = (
    "fct_orders",
    "fct_order_items",
    "fct_customer_days",
    "dim_customers",
    "dim_products",
    "customer_rfm",
    "customer_tiers",
)
FIGURES = {
    "orders": "select count(*) from {home}.marts.fct_orders",
    "net sales": "select sum(net_amount) from {home}.marts.fct_orders",
    "net sales of the lines": "select sum(net_amount) from {home}.marts.fct_order_items",
    "customers": "select count(distinct customer_id) from {home}.marts.dim_customers",
    "customer days": "select count(*) from {home}.marts.fct_customer_days",
    "events on them": "select sum(event_count) from {home}.marts.fct_customer_days",
    "VIPs": "select count(*) from {home}.marts.customer_tiers where value_tier = 'vip'",
    "seniors": "select count(*) from {home}.marts.customer_tiers where value_tier = 'senior'",
    "champions": "select count(*) from {home}.marts.customer_rfm where rfm_segment = 'champions'",
}
SECRET = "customer_id"


@dataclass(frozen=True)
class Compared:
    """What both files say of the shop, and in which columns they differ."""

    figures: dict[str, tuple[str, str]]
    differences: list[str]


def compare(published: Path, floor: Path) -> Compared:
    """Every table's rows and, column by column, the sum of the hashes of row and value."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{published}' as published (read_only)")
        connection.execute(f"attach '{floor}' as floor (read_only)")
        figures = {}
        for name, query in FIGURES.items():
            said = [connection.execute(query.format(home=home)).fetchone()[0] for home in ("published", "floor")]
            figures[name] = (f"{said[0]:,}", f"{said[1]:,}")
        differences = [found for table in TABLES for found in _differences(connection, table)]
    return Compared(figures, differences)


def _differences(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """Of the columns that the floor makes: what tables have gained since is not part of the work that is compared."""
    made = {name for name, *_ in connection.execute(f"describe floor.marts.{table}").fetchall()}
    columns = {name: kind for name, kind, *_ in connection.execute(f"describe published.marts.{table}").fetchall()}
    if lost := sorted(made - columns.keys()):
        return [f"{table} has no column {', '.join(lost)}"]
    typed = {name: f"cast({name} as {kind})" for name, kind in columns.items() if name in made - {SECRET}}
    asked = {"rows": "count(*)", "rows' content": f"sum(hash(row({', '.join(typed.values())})))"}
    asked |= {name: f"sum(hash({value}))" for name, value in typed.items()}
    published, floor = (
        connection.execute(f"select {', '.join(asked.values())} from {home}.marts.{table}").fetchone()
        for home in ("published", "floor")
    )
    return [f"{table}: {name}" for name, ours, theirs in zip(asked, published, floor, strict=True) if ours != theirs]
