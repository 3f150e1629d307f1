"""Says which tables have a suite and finds it by name. Knows neither the rules nor who runs them.

A suite is a module `expectations/<schema>_<table>.py` with `TABLE`, `KEY` (the columns that name a row) and `RULES`. It
imports Great Expectations, so it is loaded when a table is validated and not when this list is read.
"""

from importlib import import_module
from types import ModuleType

from expectations.library import great_expectations

TABLES = (
    "raw.customers",
    "raw.orders",
    "raw.order_items",
    "raw.products",
    "raw.events",
    "ops.ingested_files",
    "ops.unread_inputs",
    "features.customer_features",
    "features.customer_outcomes",
    "ml.customer_lifetime_value",
    "ml.customer_churn",
    "ml.model_metrics",
    "ml.calibration",
    "ml.order_tracking",
    "ml.frequency_histogram",
    "marts.fct_orders",
    "marts.fct_order_items",
    "marts.fct_customer_days",
    "marts.dim_customers",
    "marts.dim_products",
    "marts.customer_rfm",
    "marts.customer_tiers",
    "marts.segment_value_ratios",
    "marts.customer_value",
    "marts.customer_churn",
    "marts.customer_360",
)


def rules_of(table: str) -> list:
    """The rules of `table` ("schema.name"), in the order in which they are told. KeyError when it has no suite."""
    return list(_suite(table).RULES)


def key_of(table: str) -> tuple[str, ...]:
    """The columns whose values name a row of `table` to a person; empty when the table has no suite."""
    return tuple(_suite(table).KEY) if table in TABLES else ()


def _suite(table: str) -> ModuleType:
    if table not in TABLES:
        raise KeyError(f"{table} has no expectation suite; tables with one: {', '.join(TABLES)}")
    great_expectations()
    return import_module("expectations." + table.replace(".", "_"))
