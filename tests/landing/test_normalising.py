"""E-mail addresses and phone numbers get one comparable form, or none."""

from pathlib import Path

import duckdb
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import parse, region_code_for_number

from pipelines.landing.ingest import ingest_feed
from pipelines.landing.refining.normalising import (
    evident_landline,
    evident_phone,
    is_landline,
    mailbox,
    normalized_email,
    normalized_phone,
)
from pipelines.landing.sources import Source
from tests.landing.shop import raw_rows, write_csv


@pytest.mark.parametrize(
    ("given", "normalized"),
    [
        ("Ann.Lee+x@Example.COM", "ann.lee+x@example.com"),
        ("o'neil@mail.example.co.uk", "o'neil@mail.example.co.uk"),
        ("王@例子.公司", "王@例子.公司"),
        ("ann@example", None),
        ("ann@@example.com", None),
        ("ann lee@example.com", None),
        ("ann@example..com", None),
        ("@example.com", None),
        ("a@b.com,c@d.com", None),
        ("null", None),
        ("a***@example.com", None),
        ("李＊＊@example.com", None),
        ("***@***.com", None),
        ("ａｎｎ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ann@example.com"),
        ("ann@example。com", "ann@example.com"),
        ("Ann.Lee+news@Gmail.com", "annlee@gmail.com"),
        ("annlee@googlemail.com", "annlee@gmail.com"),
        ("+news@gmail.com", "+news@gmail.com"),
        ("ann.lee+news@outlook.com", "ann.lee@outlook.com"),
        ("ann.lee+news@example.com", "ann.lee+news@example.com"),
        ("ann@me.com", "ann@icloud.com"),
    ],
)
def test_an_address_is_that_of_its_mailbox_in_lower_case_or_none_at_all(given: str, normalized: str | None) -> None:
    found = duckdb.execute(f"select {normalized_email('x')} from (select ? as x)", [given]).fetchall()[0][0]
    assert found == mailbox(given) == normalized


@pytest.mark.parametrize(
    ("given", "region", "normalized"),
    [
        ("138 0013 8000", "CN", "+8613800138000"),
        ("+86 138-0013-8000", "US", "+8613800138000"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("'103-0013-8000", "CN", "+8610300138000"),
        ("手机：103 0013 8000", "CN", "+8610300138000"),
        ("10300138000.0", "CN", "+8610300138000"),
        ("(212) 555-0123 ext. 44", "US", "+12125550123"),
        ("212-555-0123x44", "US", "+12125550123"),
        ("12", "CN", None),
        ("no phone", "CN", None),
    ],
)
def test_a_number_is_e_164_or_none_at_all(given: str, region: str, normalized: str | None) -> None:
    assert normalized_phone(given, region) == normalized


@pytest.mark.parametrize(
    "masked",
    [
        "1******6198",
        "186******05",
        "138****8888",
        "138＊＊＊＊8888",
        "138xxxx8888",
        "138XXXX8888",
        "138####8888",
        "138----8888",
        "138…8888",
        "138●●●●8888",
        "尾号****8888",
        "$$Kx9+2fQ==",
        "#8vR2kLm0#",
        "12345",
        "0" * 300,
    ],
)
def test_a_masked_number_is_nobodys(masked: str) -> None:
    assert normalized_phone(masked, "CN") is None


def evident(numbers: list[str], region: str) -> list[str | None]:
    rows = duckdb.execute(f"select {evident_phone('x', region)} from (select unnest(?) as x)", [numbers]).fetchall()
    return [form for (form,) in rows]


@pytest.mark.parametrize(
    ("number", "region", "form"),
    [
        ("13912345678", "CN", "+8613912345678"),
        ("+86 139 1234 5678", "CN", "+8613912345678"),
        ("139-1234-5678", "CN", "+8613912345678"),
        ("17912345678", "CN", None),
        ("8613912345678", "CN", None),
        ("+1 212 555 0123", "CN", None),
        ("138--12345678", "CN", None),
        ("2125550123", "US", "+12125550123"),
        ("12125550123", "US", None),
        ("2125550123", "ZZ", None),
    ],
)
def test_a_number_without_any_prefix_is_evident(number: str, region: str, form: str | None) -> None:
    assert evident([number], region) == [form]


@settings(deadline=None)
@given(
    st.sampled_from(["CN", "HK", "TW", "JP", "US", "CA", "GB", "JE", "DE", "IT", "BR", "AR", "MX", "KZ", "CX"]),
    st.lists(st.from_regex(r"(\+?(86|1|44|7|61|39))?[ -]?[0-9]{1,3}([ -]{0,2}[0-9]){4,10}", fullmatch=True)),
)
def test_what_is_evident_is_what_the_library_says(region: str, numbers: list[str]) -> None:
    for number, form in zip(numbers, evident(numbers, region), strict=True):
        assert form in (None, normalized_phone(number, region))


@settings(deadline=None, max_examples=50)
@given(
    st.sampled_from(["CN", "HK", "TW", "JP", "GB", "DE", "FR", "IT", "BR", "IN"]),
    st.lists(st.from_regex(r"[1-9][0-9]{7,11}", fullmatch=True), min_size=1),
)
def test_what_is_evidently_a_landline_is_one_by_the_library(region: str, numbers: list[str]) -> None:
    forms = evident(numbers, region)
    found = duckdb.execute(f"select {evident_landline('x', region)} from (select unnest(?) as x)", [forms]).fetchall()
    own = {form for form in forms if form and region_code_for_number(parse(form)) in (region, None)}
    for form, (told,) in zip(forms, found, strict=True):
        if form in own:
            assert told == is_landline(form)


@pytest.mark.parametrize(
    ("number", "told"),
    [("+8613912345678", False), ("+861065529988", True), ("+12125550123", False), ("+442079460018", True)],
)
def test_a_number_that_may_be_a_mobile_is_no_landline(number: str, told: bool) -> None:
    assert is_landline(number) is told


@settings(deadline=None)
@given(st.emails(domains=st.sampled_from(["example.com", "mail.example.co.uk", "GMAIL.com", "Outlook.com"])))
def test_what_the_library_takes_for_an_address_has_its_form_in_lower_case(address: str) -> None:
    found = duckdb.execute(f"select {normalized_email('x')} from (select ? as x)", [address]).fetchall()[0][0]
    try:
        checked = validate_email(address, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return
    if "*" not in checked:  # which stands for what is kept back
        local, _, domain = checked.partition("@")
        mailbox = local.partition("+")[0] or local
        same = {checked, f"{mailbox}@{domain}", f"{mailbox.replace('.', '')}@{domain}"}
        assert found in same


def test_the_normalized_forms_stand_beside_the_given_ones(sample: Source, data: Path, lake: Path) -> None:
    people = [
        {"account_id": "1", "email": "A@x.CN", "phone": "10300138001"},
        {"account_id": "2", "email": "", "phone": "+8610300138001"},
        {"account_id": "3", "email": "none", "phone": "x"},
        {"account_id": "4", "email": "", "phone": "010 6552 9988"},
    ]
    write_csv(data / "customers.csv", people)
    ingest_feed(sample, data, "customers", lake)
    assert raw_rows(lake, "customers", "account_id, email, email_normalized, phone, phone_normalized") == [
        ("1", "A@x.CN", "a@x.cn", "10300138001", "+8610300138001"),
        ("2", None, None, "+8610300138001", "+8610300138001"),
        ("3", "none", None, "x", None),
        ("4", None, None, "010 6552 9988", "+861065529988"),
    ]
