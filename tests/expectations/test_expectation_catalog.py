"""The list of suites and the files beside it say the same, and reading the list costs nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from expectations.catalog import TABLES, key_of, rules_of

SUITES = Path(__file__).parents[2] / "expectations"
MACHINERY = {"__init__", "catalog", "engine", "library", "rules", "validation"}


def test_every_suite_file_is_listed_and_every_listed_table_has_a_file():
    files = {file.stem for file in SUITES.glob("*.py")} - MACHINERY
    assert files == {table.replace(".", "_") for table in TABLES}


@pytest.mark.parametrize("table", TABLES)
def test_a_suite_bears_its_own_table_and_a_key(table):
    from importlib import import_module

    rules_of(table)
    suite = vars(import_module("expectations." + table.replace(".", "_")))
    assert suite["TABLE"] == table
    assert key_of(table)


def test_a_table_without_a_suite_is_refused_by_name():
    with pytest.raises(KeyError, match=r"marts\.nowhere has no expectation suite"):
        rules_of("marts.nowhere")


def test_reading_the_list_and_the_runner_loads_no_heavy_library():
    program = (
        "import sys, expectations.validation, expectations.catalog;"
        "heavy = {'great_expectations', 'sqlalchemy', 'pandas', 'duckdb'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
