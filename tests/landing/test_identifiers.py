"""What stands for nobody names nobody: placeholders, masked values, ids that were rounded as numbers."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.landing.blocked_identifiers import (
    PLAIN_ID,
    BlockedIdentifier,
    blocked_everywhere,
    is_blocked,
    patterns_for,
)
from pipelines.landing.contracts import load_contracts
from pipelines.landing.ingest import ingest_feed
from pipelines.landing.refining.casting import Selected
from pipelines.landing.refining.judging import SCIENTIFIC
from pipelines.landing.sources import Source, load_source
from pipelines.problems import BadInput
from tests.landing.shop import ORDERS, quarantined, raw_rows, write_csv

PLACEHOLDERS = ["NULL", "null", "None", "N/A", "nan", "0", "-", "--", "undefined", "anonymous", "Guest", "游客", "匿名"]
MARKS = "ab1%_*.\\$^|()[]{}+?-~#& é＊"
MASKED = ["张***3", "j****n", "李＊＊", "t**0", "小*"]


@pytest.mark.parametrize("placeholder", PLACEHOLDERS + MASKED)
def test_a_placeholder_is_no_account_and_its_order_stays(
    sample: Source, data: Path, lake: Path, placeholder: str
) -> None:
    write_csv(data / "orders.csv", [ORDERS[0], ORDERS[1] | {"account_id": placeholder}])
    [part] = ingest_feed(sample, data, "orders", lake)
    assert raw_rows(lake, "orders", "order_id, account_id") == [("1", "a"), ("2", None)]
    assert (part.rows_loaded, part.rows_quarantined, part.identifiers_ignored) == (2, 0, 1)


@pytest.mark.parametrize("placeholder", PLACEHOLDERS + MASKED)
def test_an_account_named_by_a_placeholder_is_kept_out(
    sample: Source, data: Path, lake: Path, placeholder: str
) -> None:
    write_csv(data / "customers.csv", [{"account_id": "a"}, {"account_id": placeholder}])
    ingest_feed(sample, data, "customers", lake)
    assert raw_rows(lake, "customers", "account_id") == [("a",)]
    assert quarantined(lake, "reason, column_name, offending_value") == [("placeholder_id", "account_id", placeholder)]


@pytest.mark.parametrize(
    ("feed", "row", "column"),
    [
        ("orders", ORDERS[0], "order_id"),
        ("products", {"product_id": "1"}, "product_id"),
        ("order_items", {"order_item_id": "1", "order_id": "1", "quantity": "1", "unit_price": "2"}, "order_item_id"),
        ("order_items", {"order_item_id": "1", "order_id": "1", "quantity": "1", "unit_price": "2"}, "order_id"),
    ],
)
def test_a_key_that_is_a_placeholder_or_rounded_is_kept_out_with_the_reason(
    sample: Source, data: Path, lake: Path, feed: str, row: dict[str, str], column: str
) -> None:
    write_csv(data / f"{feed}.csv", [row, row | {column: "NULL"}, row | {column: "3.51531E+16"}])
    [part] = ingest_feed(sample, data, feed, lake)
    assert part.rows_loaded == 1
    assert quarantined(lake, "row_number, reason, column_name") == [
        (2, "placeholder_id", column),
        (3, "rounded_id", column),
    ]


@pytest.mark.parametrize("rounded", ["3.51531E+16", "1.23457E+18", "1.23457e+18", "1E+16", "6.90123E+12", "3.5E16"])
def test_an_order_whose_number_or_account_was_rounded_is_kept_out(
    sample: Source, data: Path, lake: Path, rounded: str
) -> None:
    rows = [ORDERS[0], ORDERS[0] | {"order_id": rounded}, ORDERS[1] | {"account_id": rounded}]
    write_csv(data / "orders.csv", rows)
    ingest_feed(sample, data, "orders", lake)
    assert raw_rows(lake, "orders", "order_id") == [("1",)]
    assert quarantined(lake, "row_number, reason, column_name") == [
        (2, "rounded_id", "order_id"),
        (3, "rounded_id", "account_id"),
    ]


@pytest.mark.parametrize("sound", ["7E10", "12E15", "1e5", "2E+5", "35153131473290001", "E20240101", "1.5", "null-7"])
def test_codes_and_long_numbers_written_as_text_are_ids(sample: Source, data: Path, lake: Path, sound: str) -> None:
    write_csv(data / "orders.csv", [ORDERS[0] | {"order_id": sound}])
    ingest_feed(sample, data, "orders", lake)
    assert raw_rows(lake, "orders", "order_id") == [(sound,)]


def test_a_float_is_an_id_as_long_as_it_stands_for_one_number(sample: Source, data: Path, lake: Path) -> None:
    numbers = pa.array([7.0, 1e15, 2.0**53 - 1, 2.0**53, 35153131473290000.0], pa.float64())
    count = len(numbers)
    columns = {"order_id": numbers, "ordered_at": ["2024-01-05"] * count, "status": ["paid"] * count}
    pq.write_table(pa.table(columns), data / "orders.parquet")
    ingest_feed(sample, data, "orders", lake)
    assert raw_rows(lake, "orders", "order_id") == [("1000000000000000",), ("7",), ("9007199254740991",)]
    assert quarantined(lake, "row_number, reason") == [(4, "rounded_id"), (5, "rounded_id")]


def test_masked_and_placeholder_contacts_stay_as_given_and_link_nobody(sample: Source, data: Path, lake: Path) -> None:
    contacts = [("a***@example.com", "1******6198"), ("NULL@example.com", "00000000000"), ("b@example.com", "")]
    rows = [
        ORDERS[0] | {"order_id": str(number), "account_id": "", "guest_email": email, "guest_phone": phone}
        for number, (email, phone) in enumerate(contacts)
    ]
    write_csv(data / "orders.csv", rows)
    [part] = ingest_feed(sample, data, "orders", lake)
    columns = "guest_email, guest_phone, guest_email_normalized, guest_phone_normalized"
    assert raw_rows(lake, "orders", columns) == [
        ("NULL@example.com", "00000000000", None, None),
        ("a***@example.com", "1******6198", None, None),
        ("b@example.com", None, "b@example.com", None),
    ]
    assert part.identifiers_ignored == 4


def test_ignored_identifiers_are_counted_per_file(sample: Source, data: Path, lake: Path) -> None:
    from pipelines.landing.lake import create_ops_tables

    write_csv(data / "orders.csv", [ORDERS[0] | {"account_id": "NULL"}, ORDERS[1] | {"account_id": "张***3"}])
    ingest_feed(sample, data, "orders", lake)
    with duckdb.connect() as connection:
        create_ops_tables(connection, lake, ["sample"])
        counted = connection.execute("select file_name, identifiers_ignored from ops.ingested_files").fetchall()
    assert counted == [("orders.csv", 2)]


def test_a_shop_names_what_stands_for_nobody_there(make_source: Callable[..., Source], data: Path, lake: Path) -> None:
    own = [
        {"type": "phone", "pattern": "+8657112345678", "reason": "the shop's own"},
        {"type": "account_id", "pattern": "till-%", "reason": "the tills"},
    ]
    write_csv(data / "customers.csv", [{"account_id": "a", "phone": "0571-12345678"}, {"account_id": "TILL-1"}])
    [plain] = ingest_feed(make_source(country="CN"), data, "customers", lake)
    [part] = ingest_feed(make_source(country="CN", blocked_identifiers=own), data, "customers", lake)
    assert part.recipe_hash != plain.recipe_hash
    assert raw_rows(lake, "customers", "account_id, phone, phone_normalized", "own") == [("a", "0571-12345678", None)]
    assert quarantined(lake, "reason", "own") == [("placeholder_id",)]


@pytest.mark.parametrize(
    ("blocked", "message"),
    [
        ({"type": "name", "pattern": "x", "reason": "y"}, "'name' is no type of identifier: use one of email, phone"),
        ({"type": "phone", "pattern": "%", "reason": "y"}, "'%' would block every value"),
        ({"type": "phone", "pattern": "", "reason": "y"}, "would block every value"),
    ],
)
def test_a_pattern_that_cannot_be_meant_is_refused_in_one_line(
    make_source: Callable[..., Source], blocked: dict[str, str], message: str
) -> None:
    with pytest.raises(BadInput) as refused:
        make_source(blocked_identifiers=[blocked])
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_is_blocked_everywhere_is_sound_and_blocks_no_contact_of_the_sample() -> None:
    from pipelines.sample.contacts import DOMAINS, PHONE_PREFIX

    assert len(set(blocked_everywhere())) == len(blocked_everywhere())
    assert load_source("sample").blocked_identifiers == ()
    texts = [f"ka.zorba1@{domain}" for domain in DOMAINS] + [f"+86{PHONE_PREFIX}48271039"]
    for blocked in blocked_everywhere():
        found = duckdb.execute("select count(*) from unnest(?) as t(x) where x like ?", [texts, blocked.pattern])
        assert found.fetchall() == [(0,)], blocked


@settings(max_examples=50, deadline=None)
@given(
    patterns=st.lists(st.text(MARKS, min_size=1, max_size=5).filter(lambda text: text.strip("%_ ")), max_size=4),
    texts=st.lists(st.text(MARKS + "A\n", max_size=8), min_size=1),
)
def test_all_patterns_at_once_block_what_like_would_find_for_one_of_them(patterns: list[str], texts: list[str]) -> None:
    blocked = [BlockedIdentifier(type="product_id", pattern=pattern, reason="a test") for pattern in patterns]
    column = next(column for column in load_contracts()["products"].columns if column.name == "product_id")
    asked = [one.pattern.lower() for one in patterns_for(column, blocked)]
    alone = "select x, coalesce(bool_or(lower(x) like pattern), false) from unnest(?) as t(x), unnest(?) as p(pattern)"
    expected = set(duckdb.execute(f"{alone} group by x", [texts, asked]).fetchall())
    for is_plain in (None, f"regexp_full_match(x, '{PLAIN_ID}')"):
        query = f"select x, {is_blocked('x', column, blocked, is_plain)} from unnest(?) as t(x)"
        assert set(duckdb.execute(query, [texts]).fetchall()) == expected


def test_what_is_blocked_everywhere_is_no_plain_id_so_that_those_need_not_be_compared() -> None:
    for contract in load_contracts().values():
        for column in contract.columns:
            assert not column.is_id or is_blocked("x", column, (), "is_plain").startswith(
                "case when is_plain then false"
            )


@settings(max_examples=50, deadline=None)
@given(st.lists(st.from_regex(rf"({PLAIN_ID}|[0-9.+eE]{{1,12}}|\W?\w+)", fullmatch=True), min_size=1, max_size=40))
def test_a_plain_id_is_its_own_text_and_was_not_rounded(ids: list[str]) -> None:
    text, is_plain = Selected("x", "VARCHAR").text, f"regexp_full_match(x, '{PLAIN_ID}')"
    asked = f"select x, {text}, regexp_full_match(x, '{SCIENTIFIC}') from unnest(?) as t(x) where {is_plain}"
    assert all(given == own and not is_rounded for given, own, is_rounded in duckdb.execute(asked, [ids]).fetchall())
