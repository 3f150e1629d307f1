"""The contracts are complete, in both languages, and agree with themselves."""

import duckdb
import pytest
from pydantic import ValidationError

from pipelines.landing.contracts import FEEDS_FOLDER, Contract, load_contracts

FEEDS = {file.stem for file in FEEDS_FOLDER.glob("*.yml")}
PERSONAL = {"name", "email", "phone", "birth_date", "address", "postal_code", "guest_email", "guest_phone", "text"}
PERSONAL |= {"identifier"}  # of whoever asks to be erased


def test_there_is_a_contract_for_every_feed_and_only_two_are_required() -> None:
    contracts = load_contracts()
    assert len(FEEDS) >= 10
    assert set(contracts) == FEEDS
    assert {feed for feed, contract in contracts.items() if contract.is_required} == {"customers", "orders"}


@pytest.mark.parametrize("feed", sorted(FEEDS))
def test_every_word_is_said_in_english_and_in_chinese(feed: str) -> None:
    contract = load_contracts()[feed]
    for words in (contract.grain, *contract.columns):
        assert words.en.isascii(), words.en
        assert any("\u4e00" <= mark <= "\u9fff" for mark in words.zh), words.zh


def test_the_personal_columns_are_exactly_these() -> None:
    marked = {
        column.name for contract in load_contracts().values() for column in contract.columns if column.is_personal
    }
    assert marked == PERSONAL
    assert not next(column for column in load_contracts()["products"].columns if column.name == "name").is_personal


@pytest.mark.parametrize("feed", sorted(FEEDS))
def test_every_lake_type_is_known_to_duckdb(feed: str) -> None:
    columns = load_contracts()[feed].lake_columns
    nulls = ", ".join(f'cast(null as {kind}) as "{name}"' for name, kind in columns.items())
    assert duckdb.sql(f"select {nulls}").columns == list(columns)


def test_email_and_phone_columns_have_a_normalized_companion() -> None:
    assert {"email_normalized", "phone_normalized"} <= set(load_contracts()["customers"].lake_columns)
    assert {"guest_email_normalized", "guest_phone_normalized"} <= set(load_contracts()["orders"].lake_columns)


def changed(**changes: object) -> dict:
    return load_contracts()["orders"].model_dump(mode="json") | changes


def test_a_key_column_must_be_required() -> None:
    with pytest.raises(ValidationError, match="key column"):
        Contract.model_validate(changed(key=["account_id"]))


def test_a_version_must_be_a_column() -> None:
    with pytest.raises(ValidationError, match="changed_at"):
        Contract.model_validate(changed(version="changed_at"))


def test_a_column_cannot_be_named_twice() -> None:
    columns = changed()["columns"]
    with pytest.raises(ValidationError, match="twice"):
        Contract.model_validate(changed(columns=[*columns, columns[0]]))


def test_a_column_needs_its_chinese_meaning() -> None:
    columns = changed()["columns"]
    columns[0]["zh"] = ""
    with pytest.raises(ValidationError, match="zh"):
        Contract.model_validate(changed(columns=columns))
