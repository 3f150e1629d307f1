"""A shop that goes on by a day is the same shop plus a day: what was written stays, and nothing depends on how."""

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.problems import BadInput
from pipelines.sample.continuing import continue_shop
from pipelines.sample.defaults import UNTIL
from pipelines.sample.generator import generate
from pipelines.sample.parameters import Parameters
from tests.sample.conftest import SampleShop, read_shop
from tests.sample.test_generator import digests

FEEDS = {
    "customers": "account_id",
    "orders": "order_id",
    "order_items": "order_item_id",
    "events": "event_id",
    "tickets": "ticket_id",
    "feedback": "feedback_id",
    "survey_preferences": "survey_response_id || attribute",
    "consents": "consent_id",
    "campaign_messages": "message_event_id",
}
IN_PARQUET = ("events", "campaign_messages")
MOMENTS = {
    "customers": "registered_at",
    "orders": "ordered_at",
    "events": "occurred_at",
    "tickets": "opened_at",
    "feedback": "submitted_at",
    "survey_preferences": "asked_at",
    "consents": "changed_at",
    "campaign_messages": "occurred_at",
}
NEVER_CHANGED = ("events", "survey_preferences", "consents", "campaign_messages")
NEVER_LATE = ("customers", "survey_preferences", "consents")
TRUTH = {"persons": "person_id", "customers": "identity", "orders": "order_id"}


@pytest.fixture(scope="module")
def opening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop of 60 days in two batches, much of it late."""
    folder = tmp_path_factory.mktemp("going_on") / "shop"
    generate(folder, 3_000, 60, seed=3, customers_a_batch=1_600, rates=Parameters(late=0.1))
    return folder


@pytest.fixture
def shop(opening: Path, tmp_path: Path) -> Path:
    """A copy of it to go on with."""
    return shutil.copytree(opening, tmp_path / "shop")


@pytest.fixture(scope="module")
def month(opening: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same shop gone on by 40 days; nobody may change it."""
    folder = shutil.copytree(opening, tmp_path_factory.mktemp("month") / "shop")
    continue_shop(folder, 40)
    return folder


def newest(shop: SampleShop, feed: str) -> dict[str, tuple]:
    """The last version of every row, by key."""
    rows = shop.connection.execute(
        f"select {FEEDS[feed]}, columns(name -> name not in ('reason', 'file_number')) from {feed}"
    )
    return {row[0]: row for row in rows.fetchall()}


def test_n_times_one_day_are_n_days_to_the_byte(shop: Path, month: Path):
    for days in (1, 1, 7, 13, 18):
        continue_shop(shop, days)
    assert digests(shop) == digests(month)


def test_each_day_adds_one_dated_file_a_feed_and_changes_none(shop: Path):
    before = {name: digest for name, digest in digests(shop).items() if not name.startswith("truth/")}
    truth = continue_shop(shop, 2)
    after = {name: digest for name, digest in digests(shop).items() if not name.startswith("truth/")}
    assert before.items() <= after.items()
    days = ("2026-07-01", "2026-07-02")
    assert sorted(after.keys() - before.keys()) == sorted(
        f"{feed}-{day}.{'parquet' if feed in IN_PARQUET else 'csv'}" for feed in FEEDS for day in days
    )
    assert (truth.until, truth.days, truth.opening_days) == (date(2026, 7, 2), 62, 60)


@pytest.mark.parametrize("feed", FEEDS)
def test_a_day_adds_its_own_rows_and_late_ones_and_changes_only_what_was_changed(shop: Path, feed: str):
    truth = continue_shop(shop, 5)
    before = newest(read_shop(shop, truth), feed)
    continue_shop(shop, 1)
    read = read_shop(shop, truth)
    after = newest(read, feed)
    assert before.keys() < after.keys()
    changed = [key for key, row in before.items() if after[key] != row]
    if feed in NEVER_CHANGED:
        assert not changed
    elif feed != "order_items":  # which do not say when they changed
        days = read.column(f"select updated_at[:10] from {feed} where {FEEDS[feed]} in {tuple(changed)}")
        assert changed
        assert set(days) <= {"2026-07-06", *(f"2026-07-0{day}" for day in range(1, 6))}
        assert set(days) & {"2026-07-06"}
    if feed in MOMENTS:
        new = tuple(after.keys() - before.keys())
        happened = f"select {MOMENTS[feed]}::timestamp::date::text from {feed} where {FEEDS[feed]} in {new}"
        days = set(read.column(happened))
        assert max(days) == "2026-07-06"
        assert (days == {"2026-07-06"}) if feed in NEVER_LATE else (min(days) >= "2026-06-29")


def test_a_row_that_is_late_comes_within_a_week(shop: Path):
    """What happened by a day and is not told yet is told a week later, and was not lost."""
    truth = continue_shop(shop, 10)
    happened = duckdb.execute(f"select order_id from '{shop}/truth/orders.parquet'").fetchall()
    told = newest(read_shop(shop, truth), "orders")
    on_their_way = {order for (order,) in happened} - told.keys()
    assert 0 < len(on_their_way) < 0.1 * len(told)
    assert truth.counts["orders"] - truth.keys["orders"] == len(on_their_way)
    truth = continue_shop(shop, 7)
    assert on_their_way <= newest(read_shop(shop, truth), "orders").keys()


@pytest.mark.parametrize(("table", "key"), TRUTH.items())
def test_the_truth_is_that_of_the_day_before_plus_the_day(opening: Path, month: Path, table: str, key: str):
    """Nobody is forgotten, nobody's nature changes, and nothing that had happened is undone."""
    lasting = {
        "persons": ("registered_at", "purchase_rate", "dropout_probability", "mean_spend"),
        "customers": ("person_id", "identity_kind"),
        "orders": ("person_id", "total", "is_guest", "has_coupon"),
    }[table]
    both = f"""from '{opening}/truth/{table}.parquet' as before
        left join '{month}/truth/{table}.parquet' as after using ({key})"""
    differs = " or ".join(f"before.{column} is distinct from after.{column}" for column in lasting)
    assert duckdb.execute(f"select count(*) {both} where {differs}").fetchall() == [(0,)]
    if table == "persons":
        undone = """before.purchases > after.purchases or before.first_purchase_at <> after.first_purchase_at
            or before.dropout_at is distinct from after.dropout_at and before.dropout_at is not null"""
        assert duckdb.execute(f"select count(*) {both} where {undone}").fetchall() == [(0,)]
    grown = "select count(*) > (select count(*) from '{}/truth/{}.parquet') from '{}/truth/{}.parquet'"
    assert duckdb.execute(grown.format(opening, table, month, table)).fetchall() == [(True,)]


def test_files_of_the_first_nights_are_the_same_shop_as_the_numbered_ones(tmp_path: Path):
    rates = Parameters(late=0.05)
    at_once, nightly = tmp_path / "at_once", tmp_path / "nightly"
    truth = generate(at_once, 1_500, 90, seed=5, customers_a_batch=800, rates=rates)
    of_nights = generate(nightly, 1_500, 90, seed=5, customers_a_batch=800, nightly_files=True, rates=rates)
    one, other = read_shop(at_once, truth), read_shop(nightly, of_nights)
    for feed in FEEDS:
        assert newest(one, feed) == newest(other, feed)
    for table in (*TRUTH, "carts"):
        assert (at_once / f"truth/{table}.parquet").read_bytes() == (nightly / f"truth/{table}.parquet").read_bytes()
    assert (truth.keys, truth.counts) == (of_nights.keys, of_nights.counts)
    assert len(list(nightly.glob("orders-*.csv"))) == 90
    assert [path.name for path in nightly.glob("products*")] == ["products-2026-04-02.csv"]
    assert all(
        of_nights.older_versions[feed] > 0 for feed in ("customers", "orders", "order_items", "tickets", "feedback")
    )
    late = """select count(*) from (select occurred_at::date as day, max(occurred_at::date) over (partition by filename)
        as night from read_parquet('{}/events*', filename = true)) where day < night - 1"""
    assert other.value(late.format(nightly)) > 100


def test_both_go_on_to_the_same_nights(tmp_path: Path):
    for name, nightly in (("at_once", False), ("nightly", True)):
        generate(tmp_path / name, 300, 60, seed=5, nightly_files=nightly)
        continue_shop(tmp_path / name, 3)
    at_once, nights = digests(tmp_path / "at_once"), digests(tmp_path / "nightly")
    further = {name for name in at_once if "2026-07" in name or (name.endswith(".parquet") and "truth" in name)}
    assert len(further) == 3 * len(FEEDS) + 4
    assert {name: at_once[name] for name in further} == {name: nights[name] for name in further}


def test_some_correct_their_phone_and_some_move(month: Path):
    rows = duckdb.execute(
        rf"""with versions as (
            select * from read_csv('{month}/customers*.csv', all_varchar = true, ignore_errors = true)
        )
        select count(*) filter (older.address is distinct from newer.address),
            count(*) filter (regexp_replace(older.phone, '\D', '', 'g')[-8:] <>
                regexp_replace(newer.phone, '\D', '', 'g')[-8:])
        from versions as older join versions as newer using (account_id)
        where older.updated_at < newer.updated_at and newer.updated_at > '2026-07-01'"""
    ).fetchall()
    assert all(count > 0 for count in rows[0]), rows


def test_a_run_that_was_killed_is_made_good_by_the_next(shop: Path, month: Path):
    def stop(done: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        continue_shop(shop, 40, on_progress=stop)
    assert (shop / "orders-2026-07-03.csv").exists()
    continue_shop(shop, 40)
    assert digests(shop) == digests(month)


def test_a_small_shop_goes_on_though_most_nights_are_empty(tmp_path: Path):
    generate(tmp_path / "shop", 1, 30, seed=1)
    truth = continue_shop(tmp_path / "shop", 100)
    assert truth.until > UNTIL
    assert truth.counts["persons"] > 1


@pytest.mark.parametrize("days", [0, 703])
def test_a_shop_goes_on_by_a_day_or_some_hundreds(shop: Path, days: int):
    with pytest.raises(BadInput, match="by 1 to 702 days"):
        continue_shop(shop, days)


def test_what_is_no_generated_shop_is_left_alone(tmp_path: Path):
    (tmp_path / "orders.csv").write_text("order_id")
    for folder in (tmp_path, tmp_path / "nowhere", tmp_path / "orders.csv"):
        with pytest.raises(BadInput, match="holds no generated shop"):
            continue_shop(folder, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["orders.csv"]


@pytest.mark.parametrize("written", ["{", "[]", '{"paid_net_sales": 1}'])
def test_a_damaged_truth_is_told(shop: Path, written: str):
    (shop / "truth" / "truth.json").write_text(written)
    with pytest.raises(BadInput, match=r"truth\.json is damaged"):
        continue_shop(shop, 1)
