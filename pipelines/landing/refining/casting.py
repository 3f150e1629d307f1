"""SQL that turns a selected value of any DuckDB type into the contract's type, or null. No row is judged here."""

from dataclasses import dataclass

from pipelines.landing.contracts import Column
from pipelines.landing.sql import identifier, literal

# Blanks beyond ASCII: the no-break space of web pages, the wide space of Chinese text, a stray byte order mark.
BLANKS = " \t\r\n\u00a0\u3000\ufeff\u200b"

# From these on a float stands for several whole numbers.
FLOATS = {"FLOAT": 2**24, "DOUBLE": 2**53}
NAIVE_TIMES = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "DATE")

PLAIN_NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
GROUPED_NUMBER = r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?"
WHOLE_NUMBER = r"[+-]?[0-9]+(\.0*)?"
DAY = r"[0-9]{4}([-/])[0-9]{1,2}[-/][0-9]{1,2}"
COMPACT_DAY = r"[0-9]{8}"
TIME = r"([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]*)?)?)?"
OFFSET = r" ?(Z|z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)"

# Beyond these a value is a slip of the export. Quantity times price then fits decimal(18, 2).
LIMITS = {"money": 10**11, "price": 10**9, "number": 10**9, "integer": 10**6}
FIRST_YEAR, LAST_YEAR = 1990, 2100

TRUE_WORDS = ("true", "t", "yes", "y", "1", "是")
FALSE_WORDS = ("false", "f", "no", "n", "0", "否")


@dataclass(frozen=True)
class Selected:
    """A value as the source's select gives it: SQL for it, its DuckDB type, and whether it is its own text already."""

    sql: str
    duckdb_type: str
    is_text: bool = False

    @property
    def text(self) -> str:
        """The value as trimmed text; blanks and NaN are null, a float without a fraction is a whole number."""
        if self.is_text:
            return self.sql
        if self.duckdb_type == "VARCHAR":
            trimmed = f"nullif(trim({self.sql}, {literal(BLANKS)}), '')"
            # to find out that it begins and ends in no blank costs an eighth of what trimming costs
            is_bare = f"{self.sql} between '!' and '~' and ({self.sql})[-1] between '!' and '~'"
            return f"case when {is_bare} then {self.sql} when {self.sql} <> '' then {trimmed} end"
        if self.duckdb_type in FLOATS:
            return (
                f"case when isnan({self.sql}) then null "
                f"when {self.sql} = trunc({self.sql}) and abs({self.sql}) < {2**53} "
                f"then cast(try_cast({self.sql} as bigint) as varchar) "
                f"else cast({self.sql} as varchar) end"
            )
        return f"cast({self.sql} as varchar)"

    @property
    def is_empty(self) -> str:
        """True when nothing was given."""
        if self.duckdb_type in ("VARCHAR", *FLOATS):
            return f"({self.text}) is null"
        return f"{self.sql} is null"


def typed(column: Column, value: Selected, time_zone: str) -> str:
    """SQL of the contract's type; null when the value is empty or does not say what the type needs.

    Naive times are read in `time_zone`, all instants become naive UTC. Amounts go through their decimal text, so that
    1.005 rounds to 1.01 whether it came as text or as a float. Whether to believe it is asked of the finished value.
    """
    match column.type:
        case "string" | "id" | "email" | "phone":
            return value.text
        case "money" | "price" | "number":
            return _number(value.text, column.duckdb_type)
        case "integer":
            return (
                f"case when regexp_full_match({value.text}, '{WHOLE_NUMBER}') then try_cast({value.text} as bigint) end"
            )
        case "boolean":
            return _boolean(value.text)
        case "date":
            return _date(value, time_zone)
        case "instant":
            return _instant(value, time_zone)


def believable(column: Column, typed_value: str) -> str | None:
    """SQL of the value, null when it is beyond the limits of its type; None where a type has no limits."""
    if column.type == "instant":
        return f"case when year({typed_value}) between {FIRST_YEAR} and {LAST_YEAR} then {typed_value} end"
    if column.type in LIMITS:
        return f"case when abs({typed_value}) < {LIMITS[column.type]} then {typed_value} end"
    return None


def _number(text: str, duckdb_type: str) -> str:
    return (
        f"case when regexp_full_match({text}, '{PLAIN_NUMBER}') then try_cast({text} as {duckdb_type}) "
        f"when regexp_full_match({text}, '{GROUPED_NUMBER}') "
        f"then try_cast(replace({text}, ',', '') as {duckdb_type}) end"
    )


def _boolean(text: str) -> str:
    true_words = ", ".join(literal(word) for word in TRUE_WORDS)
    false_words = ", ".join(literal(word) for word in FALSE_WORDS)
    return f"case when lower({text}) in ({true_words}) then true when lower({text}) in ({false_words}) then false end"


def _date(value: Selected, time_zone: str) -> str:
    if value.duckdb_type == "TIMESTAMP WITH TIME ZONE":
        return f"case when isfinite({value.sql}) then cast(timezone({literal(time_zone)}, {value.sql}) as date) end"
    if value.duckdb_type in NAIVE_TIMES:
        return f"case when isfinite({value.sql}) then cast({value.sql} as date) end"
    text = value.text
    return (
        f"case when regexp_full_match({text}, '{DAY}{TIME}') then cast(try_cast({text} as timestamp) as date) "
        f"when regexp_full_match({text}, '{COMPACT_DAY}') then cast(try_strptime({text}, '%Y%m%d') as date) end"
    )


def _instant(value: Selected, time_zone: str) -> str:
    if value.duckdb_type == "TIMESTAMP WITH TIME ZONE":
        return f"case when isfinite({value.sql}) then {_as_utc(value.sql)} end"
    if value.duckdb_type in NAIVE_TIMES:
        return f"case when isfinite({value.sql}) then {_from_local(f'cast({value.sql} as timestamp)', time_zone)} end"
    text = value.text
    tight = f"regexp_replace(replace(upper({text}), 'UTC', 'Z'), ' ?(Z|[+-][0-9:]+)$', '\\1')"
    with_offset = f"regexp_replace({tight}, '([ T][0-9]+:[0-9]+)(Z|[+-].*)$', '\\1:00\\2')"  # DuckDB wants seconds
    return (
        f"case when regexp_full_match({text}, '{DAY}{TIME}') "
        f"then {_from_local(f'try_cast({text} as timestamp)', time_zone)} "
        f"when regexp_full_match({text}, '{DAY}{TIME}{OFFSET}') "
        f"then {_as_utc(f'try_cast({with_offset} as timestamptz)')} end"
    )


def _from_local(naive: str, time_zone: str) -> str:
    return naive if time_zone == "UTC" else _as_utc(f"timezone({literal(time_zone)}, {naive})")


def _as_utc(instant: str) -> str:
    return f"make_timestamp(epoch_us({instant}))"  # timezone('UTC', ...) asks a calendar, which takes ten times as long


def column_or_null(column: Column, types: dict[str, str], prefix: str = "") -> Selected:
    """The selected value of a contract column; an optional one that the select leaves out is null."""
    if column.name not in types:
        return Selected("cast(null as varchar)", "VARCHAR", is_text=True)
    return Selected(identifier(prefix + column.name), types[column.name])
