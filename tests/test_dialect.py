"""dbt's SQL is written in what DuckDB and Spark both know; what differs is a macro of macros/dialect, once for each.

Models, tests and all other macros are read as they are written: their Jinja comments and statements taken away, and an
expression as the SQL that it is made of. dbt's own words on both engines, `make parity` compares.
"""

import re
from pathlib import Path

import pytest

from tests.both_engines import foreign_words

PROJECT = Path(__file__).parents[1] / "dbt_project"
DIALECT = PROJECT / "macros" / "dialect"
OF_DUCKDB = PROJECT / "macros" / "materializations"  # by which dbt writes a table there; Spark's are dbt's own
TEXTS = [
    path
    for folder in ("models", "tests", "macros")
    for path in sorted((PROJECT / folder).rglob("*.sql"))
    if path.parent not in (DIALECT, OF_DUCKDB) and path.name != "generate_schema_name.sql"  # which is Jinja and no SQL
]
MACROS = " ".join(
    name for path in (PROJECT / "macros").rglob("*.sql") for name in re.findall(r"{% macro (\w+)\(", path.read_text())
)
OF_JINJA = "config ref source var range test return is_incremental"


def sql_of(text: str) -> str:
    """The SQL of a template: of an expression the texts and names that it puts together."""
    text = re.sub(r"{#.*?#}|{%.*?%}|--[^\n]*", " ", text, flags=re.DOTALL)
    return re.sub(r"{{(.*?)}}", lambda found: _put_together(found[1]), text, flags=re.DOTALL)


def _put_together(expression: str) -> str:
    """`money(amount ~ " / " ~ weight)` puts `money(amount / weight)` together; a number of the settings is one."""
    if re.match(r"\s*config\(", expression):
        return ""
    numbered = re.sub(r"\bvar\([^)]*\)", "1", expression)
    joined = re.sub(r'columns \| join\("([^"]*)"\)', r"columns \1", numbered)
    return re.sub(r"[\"'~|]", " ", joined)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_sql_is_in_words_that_both_engines_know(path):
    assert foreign_words(sql_of(path.read_text()), f"{MACROS} {OF_JINJA}") == []


@pytest.mark.parametrize("path", sorted(DIALECT.glob("*.sql")), ids=lambda path: path.name)
def test_a_macro_of_the_dialect_is_there_for_each_engine(path):
    """It is dispatched to two implementations, or puts together macros that dbt has for each engine."""
    text = path.read_text()
    for name in re.findall(r"{% macro ((?!duckdb__|spark__)\w+)\(", text):
        if "adapter.dispatch" in text:
            assert {f"duckdb__{name}", f"spark__{name}"} <= set(re.findall(r"{% macro (\w+)\(", text)), name
    assert "adapter.dispatch" in text or "dbt." in text, "it does not differ: it belongs beside the other macros"


def test_only_macros_of_the_dialect_ask_which_engine_it_is():
    asking = [
        path.name for path in TEXTS if re.search(r"adapter\.|target\.|duckdb__|spark__|default__", path.read_text())
    ]
    assert asking == []


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("select total::double from {{ ref('fct_orders') }}", "operators of DuckDB alone"),
        ("{{ money('net_sales / order_count') }} as x", "dividing by nought"),
        ("select strftime(day, '%Y') from days", "strftime()"),
        ("select cast(total as varchar) as total from {{ ref('x') }}", "types are called"),
    ],
)
def test_what_one_engine_alone_knows_is_found_in_a_template(template, told):
    assert told in " ".join(foreign_words(sql_of(template), f"{MACROS} {OF_JINJA}"))
