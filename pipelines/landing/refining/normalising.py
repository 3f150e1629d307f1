"""The comparable form of e-mail addresses and phone numbers. Which of them are blocked is not decided here."""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.landing.sql import as_plain_path, identifier, literal

if TYPE_CHECKING:
    import duckdb

BATCH_ROWS = 50_000

# What stands for characters that are kept back: a***@example.com, 138****8888.
MASK = "*\uff0a\u2217\u203b\u2022\u25cf\u25cb\u2588\u25a0"
NO_ADDRESS = r"\s@,;:<>()\[\]\\\"" + MASK
EMAIL = rf"[^{NO_ADDRESS}]+@([^{NO_ADDRESS}.]+\.)+[^{NO_ADDRESS}.]{{2,}}"
# Chinese keyboards write each sign of ASCII in a wide form too, and a full stop of their own.
WIDE = "".join(chr(code + 0xFEE0) for code in range(ord("!"), ord("~") + 1)) + "\u3002"
NARROW = "".join(map(chr, range(ord("!"), ord("~") + 1))) + "."
PROVIDERS = Path(__file__).parents[1] / "email_providers.csv"

# What is dialled: digits and signs between them, an extension last.
DIALLED = re.compile(r"[\d\W]+((extension|extn|ext|x|anexo|int|доб)[\W]*\d{1,11}\W*)?", re.IGNORECASE)
LABEL = re.compile(r"[^+\uff0b\d]*")  # `Mobile: `, which libphonenumber leaves out too
MASKED = re.compile(rf"[{MASK}?\uff1f]|[xX#\uff03\uff58]{{2}}|-{{3}}|\.{{3}}")
LONGEST = 250  # characters that libphonenumber looks at
SHORTEST = 7  # digits; a shorter number is believed only where libphonenumber knows it


@dataclass(frozen=True)
class Provider:
    """A mail provider that delivers several spellings of an address to one mailbox.

    `tag_mark` begins what it ignores before the @, `ignored` is a sign that it does not see there (empty: none). Of
    `domain` and `mailbox_domain` the same name is the same mailbox. What each does stands in its own help pages; one
    that is not listed is believed to tell every spelling from every other.
    """

    domain: str
    mailbox_domain: str
    tag_mark: str
    ignored: str

    def mailbox(self, address: str) -> str:
        """SQL for the address of the mailbox; as it is when nothing would be left before the @."""
        name = f"split_part(split_part({address}, '@', 1), {literal(self.tag_mark)}, 1)"
        name = f"replace({name}, {literal(self.ignored)}, '')" if self.ignored else name
        return f"case when {name} = '' then {address} else {name} || {literal('@' + self.mailbox_domain)} end"


@cache
def providers() -> tuple[Provider, ...]:
    """Those that are known."""
    with PROVIDERS.open(encoding="utf-8", newline="") as stream:
        return tuple(Provider(**row) for row in csv.DictReader(stream))


def normalized_email(column: str) -> str:
    """SQL for the address of the mailbox in lower case and half width; null when it is no address by its form."""
    name = identifier(column)
    is_plain = f"strlen({name}) = length({name})"  # as many bytes as characters, as nearly all
    narrow = f"case when {is_plain} then {name} else translate({name}, {literal(WIDE)}, {literal(NARROW)}) end"
    lowered = f"lower({narrow})"
    is_one = f"regexp_full_match({lowered}, {literal(EMAIL)})"
    spellings = " ".join(
        f"when {literal(provider.domain)} then {provider.mailbox(lowered)}" for provider in providers()
    )
    return f"case when {is_one} then case split_part({lowered}, '@', 2) {spellings} else {lowered} end end"


def mailbox(text: str) -> str | None:
    """What `normalized_email` gives for one address, without an engine."""
    address = text.translate(str.maketrans(WIDE, NARROW)).lower()
    if not re.fullmatch(EMAIL, address):
        return None
    name, _, domain = address.partition("@")
    for provider in providers():
        if provider.domain == domain:
            short = name.partition(provider.tag_mark)[0]
            short = short.replace(provider.ignored, "") if provider.ignored else short
            return f"{short}@{provider.mailbox_domain}" if short else address
    return address


def normalized_phone(text: str, region: str) -> str | None:
    """E.164 by libphonenumber, a number without country code being one of `region`; None when it can be no number.

    A masked number (`1******6198`) is none. One of a range that nobody was given is: it may have been given since.
    """
    import phonenumbers

    text = text.removesuffix(".0")  # a number that went through a float
    if len(text) > LONGEST or MASKED.search(text) or not DIALLED.fullmatch(LABEL.sub("", text, count=1)):
        return None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    if len(phonenumbers.national_significant_number(number)) < SHORTEST and not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def evident_phone(text: str, region: str) -> str:
    """SQL for what `normalized_phone` gives where digits alone tell it, as they do of nearly all; null elsewhere.

    They tell it of a number of a possible length, with or without its country code and with single blanks or hyphens
    between, that begins with nothing libphonenumber could take for a prefix. The library takes 20 microseconds.
    """
    from phonenumbers import PhoneMetadata, country_code_for_region, region_code_for_country_code

    code = country_code_for_region(region)
    main = region_code_for_country_code(code)
    rules = [rule for name in {region, main} if (rule := PhoneMetadata.metadata_for_region(name, None))]
    if not rules:
        return "null"
    possible = set.intersection(*(set(rule.general_desc.possible_length) for rule in rules if rule.general_desc))
    lengths = sorted(length for length in possible if length >= SHORTEST)
    given = {name for rule in rules for name in (rule.international_prefix, rule.national_prefix_for_parsing) if name}
    prefixes = "|".join([str(code), *(f"(?:{prefix})" for prefix in sorted(given))])
    national = f"regexp_replace(translate({text}, ' -', ''), '^\\+{code}', '')"
    return (
        f"case when regexp_full_match({text}, '(\\+{code}[ -]?)?[1-9]([ -]?[0-9])*') "
        f"and list_contains({lengths}, length({national})) "
        f"and not regexp_matches({national}, {literal(f'^(?:{prefixes})')}) then '+{code}' || {national} end"
    )


def evident_landline(number: str, region: str) -> str:
    """SQL that tells of `evident_phone`'s number whether it is a landline and can be no mobile.

    By the rules of the first country of its calling code, which are those of nearly all its numbers.
    """
    from phonenumbers import PhoneMetadata, country_code_for_region, region_code_for_country_code

    code = country_code_for_region(region)
    rules = PhoneMetadata.metadata_for_region(region_code_for_country_code(code), None)
    fixed, mobile = (getattr(kind, "national_number_pattern", None) for kind in _kinds(rules))
    if not fixed or not mobile:
        return f"case when {number} is not null then false end"
    national = f"substr({number}, {len(str(code)) + 2})"
    return f"regexp_full_match({national}, {literal(fixed)}) and not regexp_full_match({national}, {literal(mobile)})"


def _kinds(rules: Any) -> tuple[Any, Any]:
    return (rules.fixed_line, rules.mobile) if rules else (None, None)


def is_landline(normalized: str | None) -> bool | None:
    """Whether a number in E.164 is one of a landline and of no mobile; None when there is none."""
    import phonenumbers

    if normalized is None:
        return None
    kind = phonenumbers.number_type(phonenumbers.parse(normalized))
    return kind == phonenumbers.PhoneNumberType.FIXED_LINE


def write_phone_book(connection: "duckdb.DuckDBPyConnection", numbers: str, region: str, file: Path) -> str | None:
    """Normalizes each of `numbers`, a select of one column.

    Returns SQL of a table of given, normalized and is_landline, if there are any.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([("given", pa.string()), ("normalized", pa.string()), ("is_landline", pa.bool_())])
    cursor = connection.execute(numbers)
    if not (batch := cursor.fetchmany(BATCH_ROWS)):
        return None
    with pq.ParquetWriter(file, schema, compression="lz4") as writer:
        while batch:
            given = [number for (number,) in batch]
            normalized = [normalized_phone(number, region) for number in given]
            landlines = [is_landline(number) for number in normalized]
            writer.write_table(pa.table([given, normalized, landlines], schema=schema))
            batch = cursor.fetchmany(BATCH_ROWS)
    return f"read_parquet({literal(as_plain_path(file))})"
