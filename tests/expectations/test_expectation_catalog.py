"""Suites are found by their folder, and finding them costs nothing."""

import subprocess
import sys

import pytest

from expectations.machinery.catalog import rules_of, suites
from pipelines.tables import declared_tables


@pytest.mark.parametrize("table", sorted(suites()))
def test_a_suite_has_rules_and_its_table_is_declared(table):
    assert rules_of(table)
    assert table in declared_tables()


def test_a_table_without_a_suite_has_no_claims_of_its_own():
    assert rules_of("marts.nowhere") == []


def test_reading_the_list_and_the_runner_loads_no_heavy_library():
    program = (
        "import sys, expectations.machinery.validation, expectations.machinery.catalog;"
        "heavy = {'great_expectations', 'sqlalchemy', 'pandas', 'duckdb'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
