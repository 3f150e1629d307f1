"""Reference tables: what ships can be used, a shop's own file takes its place, and a wrong one is told in one line."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.landing.ingest import ingest_feed
from pipelines.landing.reference_tables import (
    check_reference_tables,
    first_rates,
    reference_contracts,
    reference_digest,
    reference_file,
    write_reference_tables,
)
from pipelines.landing.sources import Source
from pipelines.problems import BadInput
from tests.landing.shop import quarantined, raw_rows, write_csv


def table(home: Path, name: str) -> list[tuple]:
    with duckdb.connect() as connection:
        write_reference_tables(connection, home)
        return connection.execute(f"from reference.{name}").fetchall()


def test_every_table_ships_and_is_sound(data: Path) -> None:
    with duckdb.connect() as connection:
        write_reference_tables(connection, data)
        for name, contract in reference_contracts().items():
            columns = connection.execute(f"describe reference.{name}").fetchall()
            assert [column for column, *_ in columns] == contract.column_names
    assert table(data, "exchange_rates") == []  # a rate that nobody has looked up is worse than none
    assert ("lifecycle_transition", "new_to_growing", Decimal("0.07")) in table(data, "targets")


def test_a_file_of_the_shop_takes_the_place_of_the_one_that_ships(data: Path) -> None:
    before = reference_digest(data)
    (data / "targets.csv").write_text("segment;measure;target\nall;open_rate;0.25\n", "utf-8-sig")
    assert reference_file(data, "targets") == data / "targets.csv"
    assert table(data, "targets") == [("open_rate", "all", Decimal("0.25"))]
    assert reference_digest(data) != before


def test_places_hold_every_province_of_china_and_a_standard_name_is_a_way_of_writing_it(data: Path) -> None:
    places = table(data, "places")
    of_china = {standard for level, written, standard, _ in places if level == "province" and not written.isascii()}
    cities = {standard for level, _written, standard, _ in places if level == "city"}
    states = {standard for _level, _written, standard, country in places if country == "US"}
    assert (len(of_china), len(states)) == (34, 51)
    assert len(cities) > 100
    named = {(level, written): standard for level, written, standard, _ in places}
    assert named["province", "广东省"] == named["province", "广东"] == named["province", "guangdong"] == "Guangdong"
    assert named["city", "西安市"] == named["city", "xian"] == "Xi'an"
    for level, _written, standard, _country in places:
        assert named[level, standard.lower()] == standard


SEASON, WORD = "season,first_month,first_day,last_month,last_day,sort_order\n", "word,service_need,sort_order\n"


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("targets", "measure,segment,target\na,b,1\na,c,x\n", "row 2: target must be a number"),
        ("targets", "measure,segment,target\na,,1\n", "row 1: segment is required and empty"),
        ("targets", "measure,segment,target\na,b,1\na,b,2\n", "row 2: measure a, segment b stands there twice"),
        ("targets", "measure,target\na,1\n", "has no column segment: its columns are measure, segment, target"),
        ("targets", "measure,segment,target,note\na,b,1,c\n", "has a column note that means nothing here"),
        ("targets", "measure,segment,target\na,b,1,9\n", "row 1: the row has 4 fields where the header has 3"),
        (
            "exchange_rates",
            "currency,valid_from,rate\nUSD,2026-01-01,0\n",
            "row 1: rate must be more than 0 and not '0'",
        ),
        ("exchange_rates", "currency,valid_from,rate\nUSD,01/02/2026,7\n", "row 1: valid_from must be a date"),
        ("exchange_rates", "currency,valid_from,rate\nusd,2026-01-01,7\n", "row 1: currency must be an ISO 4217 code"),
        ("targets", "measure,segment,target\na,b,-1\n", "row 1: target must not be less than 0 and not '-1'"),
        ("places", "level,written,standard,country\ncity,Ürümqi,Urumqi,\n", "row 1: written must be in small letters"),
        ("places", "level,written,standard,country\ntown,lhasa,Lhasa,\n", "row 1: level must be one of"),
        ("seasons", f"{SEASON}spring,13,1,13,1,1\n", "row 1: first_month must be 1 to 12 and not '13'"),
        ("seasons", f"{SEASON}spring,2,30,3,1,1\n", "row 1: first_day must be a day of first_month and not '30'"),
        ("seasons", f"{SEASON}winter,12,20,1,5,1\n", "row 1: a season must not end before it begins"),
        ("seasons", f"{SEASON}none,1,1,1,5,1\n", "row 1: season cannot be none"),
        ("service_topics", f"{WORD}*,delivery,1\n", "row 1: word must be a word, with * at its end or nowhere"),
        ("service_topics", f"{WORD}de*liver,delivery,1\n", "row 1: word must be a word, with * at its end or nowhere"),
        ("service_topics", f"{WORD}--,delivery,1\n", "row 1: word must hold a letter or a digit"),
        ("service_topics", f"{WORD}退*,delivery,1\n", "row 1: word of a script without spaces stands anywhere"),
        ("seasons", "", "is empty: its first line must name the columns"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line_with_file_row_and_column(
    data: Path, name: str, text: str, told: str
) -> None:
    (data / f"{name}.csv").write_text(text)
    with pytest.raises(BadInput, match=rf"^{data / name}\.csv") as refused:
        check_reference_tables(data)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_rates_are_known_from_their_first_day_on(data: Path) -> None:
    assert first_rates(data) == {}
    (data / "exchange_rates.csv").write_text("currency,valid_from,rate\nUSD,2026-02-01,7.2\nUSD,2026-01-01,7.1\n")
    assert first_rates(data) == {"USD": date(2026, 1, 1)}


def test_an_order_whose_money_has_no_rate_is_kept_out_and_taken_once_it_has_one(
    make_source: Callable[..., Source], data: Path, lake: Path
) -> None:
    source = make_source(time_zone="Asia/Shanghai")
    order = {"status": "paid", "total": "10"}
    write_csv(
        data / "orders.csv",
        [
            order | {"order_id": "home", "ordered_at": "2026-01-01 10:00:00", "currency": "EUR"},
            order | {"order_id": "unsaid", "ordered_at": "2026-01-01 10:00:00", "currency": ""},
            order | {"order_id": "rated", "ordered_at": "2026-01-02 00:00:00", "currency": "usd"},
            order | {"order_id": "too_early", "ordered_at": "2026-01-01 23:59:59", "currency": "USD"},
            order | {"order_id": "unrated", "ordered_at": "2026-01-02 10:00:00", "currency": "GBP"},
        ],
    )
    ingest_feed(source, data, "orders", lake)
    assert raw_rows(lake, "orders", "order_id", "own") == [("home",), ("unsaid",)]
    ingest_feed(source.with_rates({"USD": date(2026, 1, 2)}), data, "orders", lake)
    assert raw_rows(lake, "orders", "order_id", "own") == [("home",), ("rated",), ("unsaid",)]
    kept_out = quarantined(lake, "row_number, reason, column_name, offending_value", "own")
    assert kept_out == [(4, "no_exchange_rate", "currency", "USD"), (5, "no_exchange_rate", "currency", "GBP")]
