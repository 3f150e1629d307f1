"""A personal column is marked once, and nothing that is shown to people goes past the mark."""

import re

from expectations.machinery.catalog import rules_of, suites
from pipelines.promises import gated_tables, place_of
from pipelines.tables import declared_tables, personal_names

SELECTED = re.compile(r"\bselect\b(.*?)\bfrom\b", re.DOTALL | re.IGNORECASE)
COUNTED = re.compile(r"\bcount\s*\((?:[^()]|\([^()]*\))*\)", re.IGNORECASE)


def test_no_rule_shows_a_personal_column() -> None:
    """What a query of a rule selects is shown to people and kept in ops.gate_results."""
    shown = [
        f"{table}: {rule.claim} selects {name}"
        for table in suites()
        for rule in rules_of(table)
        if rule.query
        for name in personal_names()
        if re.search(rf"\b{name}\b", COUNTED.sub("", " ".join(SELECTED.findall(rule.query)[:1])))
    ]
    assert shown == []


def test_no_row_is_named_by_what_is_personal() -> None:
    gated = gated_tables("raw", "features", "ml", "marts", "ops")
    assert any(place_of(table) for table in gated)
    assert [table.address for table in gated if personal_names() & set(place_of(table))] == []


def test_no_table_that_is_published_has_a_column_of_a_personal_name_that_is_not_marked() -> None:
    shown = [
        f"{table.address}.{column.name}"
        for table in declared_tables().values()
        if table.schema in ("marts", "ml", "ops")
        for column in table.columns
        if column.name in personal_names() and not column.is_personal
    ]
    assert shown == []


def test_what_a_description_calls_personal_is_marked() -> None:
    """A word in a description keeps nothing back."""
    unmarked = [
        f"{table.address}.{column.name}"
        for table in declared_tables().values()
        for column in table.columns
        if re.search(r"\bPersonal\.", column.meaning) and column.name not in personal_names()
    ]
    assert unmarked == []
