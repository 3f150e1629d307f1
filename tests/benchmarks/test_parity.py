"""The comparison of two published files: what counts as equal, and that every kind of difference is told."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from benchmarks.parity.comparison import OF_ONE_RUN, compare

REPOSITORY = Path(__file__).parents[2]
PUBLISHED = """
    create schema marts;
    create table marts.scores (id varchar primary key, day date, amount decimal(18, 2), score double);
    insert into marts.scores values ('a', '2026-06-30', 1.10, 0.1), ('b', null, 2.20, null), ('c', null, 0, 'nan');
    create table marts.curve (name varchar, value double);
    insert into marts.curve values ('x', 1), ('x', 2), ('x', 2), ('y', null);
    create schema ops;
    create table ops.gate_results (run_id varchar, rule varchar, fingerprint varchar, primary key (run_id, rule));
    insert into ops.gate_results values ('first', 'holds', 'f1'), ('first', 'is_whole', 'f2');
"""


@pytest.fixture
def differing(tmp_path: Path):
    """A function from a change to the sentences about it, and their rows."""

    def find(change: str = "", ignored: frozenset[str] = frozenset()) -> tuple[list[str], int]:
        for name, sql in (("first", PUBLISHED), ("second", PUBLISHED + change)):
            (tmp_path / f"{name}.duckdb").unlink(missing_ok=True)
            with duckdb.connect(str(tmp_path / f"{name}.duckdb")) as connection:
                connection.execute(sql)
        found = compare(tmp_path / "first.duckdb", tmp_path / "second.duckdb", ignored)
        told = [f"{table.table}: {sentence}" for table in found for sentence in table.sentences]
        return told, sum(table.differing_count for table in found)

    return find


def test_a_file_equals_itself_and_one_with_its_rows_in_another_order(differing):
    assert differing() == ([], 0)
    assert differing("create or replace table marts.curve as from marts.curve order by value desc") == ([], 0)


def test_floats_may_differ_by_a_billionth_and_nothing_else(differing):
    assert differing("update marts.scores set score = score * (1 + 5e-10)") == ([], 0)
    assert differing("update marts.scores set score = 0.1000001 where id = 'a'") == (
        ["marts.scores: 1 rows differ in score, e.g. id a: 0.1 against 0.1000001"],
        1,
    )
    assert differing("update marts.scores set score = 0 where id = 'b'")[1] == 1  # nothing is not nought
    assert differing("update marts.scores set amount = 1.11 where id = 'a'") == (
        ["marts.scores: 1 rows differ in amount, e.g. id a: Decimal('1.10') against Decimal('1.11')"],
        1,
    )


def test_rows_without_a_key_are_paired_by_what_has_to_be_equal(differing):
    assert differing("update marts.curve set value = 3 where value = 1") == (
        [
            "marts.curve: 2 rows differ in value, e.g. name x: 1.0 against 2.0",
        ],
        2,
    )
    assert differing("insert into marts.curve values ('y', null)") == (
        ["marts.curve: 1 rows only in the second file, e.g. name y"],
        1,
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("delete from marts.scores where id = 'b'", "marts.scores: 1 rows only in the first file, e.g. id b"),
        ("drop table marts.curve", "marts.curve: is only in the first file"),
        ("create table marts.more (id bigint)", "marts.more: is only in the second file"),
        ("alter table marts.scores alter amount type double", "amount is DECIMAL(18,2) and DOUBLE"),
        ("alter table marts.scores add more bigint", "more is missing and BIGINT"),
    ],
)
def test_what_is_missing_or_of_another_type_is_told(differing, change, told):
    [sentence], _ = differing(change)
    assert told in sentence


def test_what_a_run_has_of_its_own_is_left_out_when_asked(differing):
    change = "update ops.gate_results set run_id = 'second', fingerprint = 'g'"
    assert differing(change)[1] == 4
    assert differing(change, OF_ONE_RUN) == ([], 0)


def test_the_last_line_counts_and_the_exit_code_says_whether_any(tmp_path):
    for name in ("a", "b"):
        with duckdb.connect(str(tmp_path / name)) as connection:
            connection.execute(PUBLISHED)
    command = [sys.executable, "-m", "benchmarks.parity", "compare", str(tmp_path / "a"), str(tmp_path / "b")]
    same = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert (same.returncode, same.stdout) == (0, "0 differences in 3 tables, 9 rows\n")
    with duckdb.connect(str(tmp_path / "b")) as connection:
        connection.execute("delete from marts.curve")
    other = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert (other.returncode, other.stdout.splitlines()[-1]) == (1, "4 differences in 3 tables, 9 rows")
