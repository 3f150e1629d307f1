"""Nights that go on from one another hold what one night holds that is built at once."""

from datetime import date, timedelta
from operator import itemgetter
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.landing.nights import BusinessDay
from pipelines.night.going_on import goes_on, note_changes, remember_build
from pipelines.night.shop import Night, write_night
from pipelines.tables import history as tables_of_history
from pipelines.warehouse.build import connect, prepare_build
from pipelines.warehouse.trust import IS_BUILT, Result, record_results
from tests.rebuild.building import ZONE, build, differences
from tests.rebuild.history import NIGHTS, History, live

pytestmark = [pytest.mark.wide, pytest.mark.xdist_group("rebuild")]

# Which of the twenty nights are built, and whether the past day before one is built in between.
CHAINS = st.lists(
    st.tuples(st.integers(6, len(NIGHTS) - 1), st.booleans()), min_size=2, max_size=4, unique_by=itemgetter(0)
)
BUILT = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def went_on(warehouse: Path, lake: Path, day: date) -> bool:
    with connect(warehouse, read_only=True) as connection:
        return goes_on(connection, lake, ["sample"], BusinessDay(day, ZONE), "")


def unequal(one: Path, other: Path) -> dict[str, int]:
    return {table: rows for table, rows in differences(one, other).items() if rows}


def test_a_chain_of_days_equals_one_that_is_built_at_once(history: History, tmp_path: Path) -> None:
    """All files are there from the beginning, and become known as the days go by."""
    for day in (NIGHTS[8], NIGHTS[9], NIGHTS[9] + timedelta(days=1), NIGHTS[11]):
        chain = build(history.lake, tmp_path / "chain", day, is_scored=False)
        assert went_on(chain, history.lake, day) == (day > NIGHTS[8])
    assert unequal(chain, build(history.lake, tmp_path / "at once", NIGHTS[11], is_scored=False)) == {}


def check_chain(folder: Path, seed: int, chain: list[tuple[int, bool]]) -> None:
    """Files land night by night; some nights are built, one after the other in one warehouse."""
    wanted, built = dict(chain), []
    for number, (history, night) in enumerate(live(folder, seed, customers=120)):
        if number not in wanted:
            continue
        if wanted[number]:
            build(history.lake, folder / "chain", night - timedelta(days=1), is_scored=False)
        warehouse = build(history.lake, folder / "chain", night, is_scored=False)
        assert went_on(warehouse, history.lake, night) == (bool(built) or wanted[number])
        built.append(night)
        if number == max(wanted):
            at_once = build(history.lake, folder / "at once", night, is_scored=False)
            assert unequal(warehouse, at_once) == {}, (seed, chain)
            return


def test_nights_with_late_files_corrections_and_merges_equal_one(tmp_path: Path) -> None:
    check_chain(tmp_path, seed=7, chain=[(8, False), (11, True), (12, False)])


@pytest.mark.slow
@settings(BUILT, max_examples=25)
@given(seed=st.integers(0, 10**6), chain=CHAINS)
def test_many_chains_of_nights_equal_one(
    tmp_path_factory: pytest.TempPathFactory, seed: int, chain: list[tuple[int, bool]]
) -> None:
    check_chain(tmp_path_factory.mktemp("nights"), seed, chain)


@pytest.fixture
def built(history: History, tmp_path: Path) -> Path:
    """A warehouse with one kept table, built on one night."""
    warehouse = tmp_path / "guanxi.duckdb"
    prepare_build(warehouse, tmp_path / "nothing is published", tables_of_history())
    with connect(warehouse) as connection:
        write_night(connection, Night(NIGHTS[8], ZONE, "CNY", "sample"))
        connection.execute("create table marts.fct_orders as select 1 as order_id")
        connection.execute("create table intermediate.int_customer_accounts (account_key varchar, customer_id varchar)")
        assert not note(connection, history, NIGHTS[8])
        record_results(connection, "a run", "dbt", {"marts.fct_orders": [Result(IS_BUILT, "error", True)]})
        remember_build(connection)
    return warehouse


def note(connection: duckdb.DuckDBPyConnection, history: History, day: date, **other: str) -> bool:
    as_of = BusinessDay(day, other.get("zone", ZONE))
    return note_changes(
        connection, history.lake, ["sample"], as_of, other.get("recipe", "as ever"), ["marts.fct_orders"]
    )


def test_a_build_goes_on_from_the_last_and_once_more_when_it_was_not_completed(history: History, built: Path) -> None:
    with connect(built) as connection:
        assert note(connection, history, NIGHTS[8])
        assert connection.execute("select count(*) from changed.orders").fetchall() == [(0,)]
        for _again in range(2):
            assert note(connection, history, NIGHTS[9])
            assert connection.execute("select count(*) > 10 from changed.orders").fetchall() == [(True,)]


@pytest.mark.parametrize(
    ("day", "other", "before"),
    [
        (NIGHTS[7], {}, ""),
        (NIGHTS[9], {"recipe": "another"}, ""),
        (NIGHTS[9], {"zone": "Europe/London"}, ""),
        (NIGHTS[9], {}, "update marts.fct_orders set order_id = 2"),
        (NIGHTS[9], {}, "drop table marts.fct_orders"),
        (NIGHTS[9], {}, "update ops.gate_results set is_passed = false"),
    ],
    ids=["earlier day", "recipe", "time zone", "changed by hand", "lost table", "broken test"],
)
def test_a_build_begins_anew_when_it_cannot_go_on(
    history: History, built: Path, day: date, other: dict[str, str], before: str
) -> None:
    with connect(built) as connection:
        connection.execute(before)
        assert not note(connection, history, day, **other)
        assert not note(connection, history, NIGHTS[9])  # and what the last one left counts no more
        assert connection.execute("select count(*) from changed.orders").fetchall() == [(0,)]


def test_changes_that_were_found_of_another_day_are_not_gone_by(history: History, built: Path) -> None:
    """A person may build tables in the UI without having the changes found first."""
    with connect(built) as connection:
        assert note(connection, history, NIGHTS[9])
        asked = [(NIGHTS[9], "as ever"), (NIGHTS[10], "as ever"), (NIGHTS[9], "another")]
        found = [goes_on(connection, history.lake, ["sample"], BusinessDay(day, ZONE), how) for day, how in asked]
        assert found == [True, False, False]
        connection.execute("drop table changed.tonights_build")  # a warehouse of an earlier version
        assert not goes_on(connection, history.lake, ["sample"], BusinessDay(NIGHTS[9], ZONE), "as ever")
