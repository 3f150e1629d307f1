"""Suites are found by their folder, and finding them costs nothing."""

import subprocess
import sys

import pytest

from expectations.machinery.catalog import key_of, rules_of, suites


@pytest.mark.parametrize("table", sorted(suites()))
def test_a_suite_has_rules_and_a_key(table):
    assert rules_of(table)
    assert key_of(table)


def test_a_table_without_a_suite_is_refused_by_name():
    with pytest.raises(KeyError, match=r"marts\.nowhere has no expectation suite"):
        rules_of("marts.nowhere")


def test_reading_the_list_and_the_runner_loads_no_heavy_library():
    program = (
        "import sys, expectations.machinery.validation, expectations.machinery.catalog;"
        "heavy = {'great_expectations', 'sqlalchemy', 'pandas', 'duckdb'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
