"""What each type takes for a value, whatever DuckDB type it comes in; all else is null and so quarantined."""

import datetime
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.landing.contracts import Column, ColumnType
from pipelines.landing.refining.casting import BLANKS, Selected, believable, typed


def cast(kind: ColumnType, value: str, time_zone: str = "UTC") -> object:
    """The SQL value `value` as the contract's type."""
    column = Column(name="x", type=kind, is_required=False, is_personal=False, en="x", zh="值")
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        duckdb_type = connection.execute(f"describe select {value} as x").fetchall()[0][1]
        expression = f"cast({typed(column, Selected('x', duckdb_type), time_zone)} as {column.duckdb_type})"
        return connection.execute(
            f"select {believable(column, 'x') or 'x'} from (select {expression} as x from (select {value} as x))"
        ).fetchall()[0][0]


utc = datetime.datetime  # naive UTC, as the lake holds it


@pytest.mark.parametrize(
    ("value", "instant"),
    [
        ("'2024-01-05 10:00:00'", utc(2024, 1, 5, 2)),
        ("'2024/1/5 9:05'", utc(2024, 1, 5, 1, 5)),
        ("'2024-01-05'", utc(2024, 1, 4, 16)),
        ("'2024-01-05T10:00:00.250Z'", utc(2024, 1, 5, 10, 0, 0, 250_000)),
        ("'2024-01-05 10:00:00 UTC'", utc(2024, 1, 5, 10)),
        ("'2024-01-05 10:00:00+08:00'", utc(2024, 1, 5, 2)),
        ("'2024-01-05 10:00:00 +0530'", utc(2024, 1, 5, 4, 30)),
        ("'2024-01-05 10:00-05'", utc(2024, 1, 5, 15)),
        ("'2024-01-05T10:00Z'", utc(2024, 1, 5, 10)),
        ("timestamp '2024-01-05 10:00:00'", utc(2024, 1, 5, 2)),
        ("timestamp_ns '2024-01-05 10:00:00.000001234'", utc(2024, 1, 5, 2, 0, 0, 1)),
        ("timestamptz '2024-01-05 10:00:00+00'", utc(2024, 1, 5, 10)),
        ("date '2024-01-05'", utc(2024, 1, 4, 16)),
        ("'2024-02-30 10:00:00'", None),
        ("'01/02/2024'", None),
        ("'1704448800'", None),
        ("1704448800", None),
        ("'infinity'", None),
        ("timestamp 'infinity'", None),
        ("'yesterday'", None),
    ],
)
def test_naive_times_are_local_and_times_with_an_offset_are_instants(value: str, instant: object) -> None:
    assert cast("instant", value, "Asia/Shanghai") == instant


def test_summer_time_is_observed() -> None:
    assert cast("instant", "'2011-07-01 12:00:00'", "Europe/London") == utc(2011, 7, 1, 11)
    assert cast("instant", "'2011-12-01 12:00:00'", "Europe/London") == utc(2011, 12, 1, 12)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("'1990-02-28'", datetime.date(1990, 2, 28)),
        ("'1990/2/8'", datetime.date(1990, 2, 8)),
        ("'19900228'", datetime.date(1990, 2, 28)),
        ("'1990-02-28 00:00:00'", datetime.date(1990, 2, 28)),
        ("timestamp '1990-02-28 23:00:00'", datetime.date(1990, 2, 28)),
        ("timestamptz '1990-02-28 23:00:00+00'", datetime.date(1990, 3, 1)),
        ("'1990-13-45'", None),
        ("'0000-00-00'", None),
        ("'28.02.1990'", None),
    ],
)
def test_a_date_is_a_day_of_the_calendar(value: str, day: object) -> None:
    assert cast("date", value, "Asia/Shanghai") == day


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("'12.5'", "12.50"),
        ("' 12 '", "12.00"),
        ("'1,234,567.891'", "1234567.89"),
        ("'1.005'", "1.01"),
        ("'-1.005'", "-1.01"),
        ("cast(1.005 as double)", "1.01"),
        ("cast(118.98999786376953 as double)", "118.99"),
        ("cast(7 as bigint)", "7.00"),
        ("'1e3'", "1000.00"),
        ("'1,23'", None),
        ("'12,50'", None),
        ("'12.5O'", None),
        ("'¥12'", None),
        ("'99999999999999999.00'", None),
        ("cast('inf' as double)", None),
    ],
)
def test_money_has_two_decimals_and_rounds_what_it_was_written_as(value: str, amount: str | None) -> None:
    assert cast("money", value) == (amount and Decimal(amount))


@pytest.mark.parametrize(("kind", "rounded"), [("price", "0.0013"), ("number", "0.00125679")])
def test_a_price_has_four_decimals_and_a_number_eight(kind: ColumnType, rounded: str) -> None:
    assert cast(kind, "'0.001256789'") == Decimal(rounded)
    assert cast(kind, "'4.5'") == Decimal("4.5")
    assert cast(kind, "'4,5'") is None
    assert cast(kind, "'1e9'") is None


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("'-3'", -3),
        ("'3.0'", 3),
        ("cast(3 as double)", 3),
        ("'3.5'", None),
        ("'two'", None),
        ("'9' || repeat('9', 20)", None),
    ],
)
def test_an_integer_has_no_fraction(value: str, number: int | None) -> None:
    assert cast("integer", value) == number


@pytest.mark.parametrize(
    ("value", "truth"),
    [
        ("'TRUE'", True),
        ("'Yes'", True),
        ("'是'", True),
        ("1", True),
        ("1.0::double", True),
        ("true", True),
        ("false", False),
        ("'no'", False),
        ("'否'", False),
        ("'0'", False),
        ("''", None),
        ("2", None),
        ("'maybe'", None),
    ],
)
def test_a_boolean_is_one_of_the_usual_words(value: str, truth: bool | None) -> None:
    assert cast("boolean", value) is truth


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("'  a b\t'", "a b"),
        ("'\u3000\u00a0'", None),
        ("''", None),
        ("'null'", "null"),
        ("'NaN'", "NaN"),
        ("17850", "17850"),
        ("cast(17850 as double)", "17850"),
        ("cast('nan' as double)", None),
    ],
)
def test_only_blank_text_is_empty_and_ids_that_came_as_floats_are_whole(value: str, text: str | None) -> None:
    assert cast("string", value) == text


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("money", "'100000000000'"),
        ("price", "'1000000000'"),
        ("integer", "'1000000'"),
        ("integer", "9223372036854775807"),
        ("instant", "'0001-01-01 00:00:00'"),
        ("instant", "timestamp '9999-12-31 00:00:00'"),
    ],
)
def test_what_no_shop_can_mean_is_no_value(kind: ColumnType, value: str) -> None:
    assert cast(kind, value) is None


@pytest.mark.parametrize(
    ("kind", "value"), [("money", "'-99999999999.99'"), ("price", "'999999999.9999'"), ("integer", "'-999999'")]
)
def test_the_largest_believable_numbers_are_values(kind: ColumnType, value: str) -> None:
    assert str(cast(kind, value)) == value.strip("'")


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(f"{BLANKS}!~aé\u3001\n", max_size=6), min_size=1))
def test_a_text_is_trimmed_of_every_blank_though_most_are_not_looked_through(texts: list[str]) -> None:
    query = f"select x, {Selected('x', 'VARCHAR').text} from unnest(?) as t(x)"
    assert duckdb.execute(query, [texts]).fetchall() == [(text, text.strip(BLANKS) or None) for text in texts]
