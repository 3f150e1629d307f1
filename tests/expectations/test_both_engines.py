"""Every gate's query is written in what DuckDB and Spark both know. Whether a claim can be broken is asked elsewhere.

No Spark is needed: a query calls only functions of a list, which both compute alike, and has none of a few forms.
"""

import re

import pytest

from pipelines.promises import GATED_SCHEMAS, gated_tables, rules_for

# A function is added once it was looked up in both manuals: one name, the same arguments, the same answer for nothing.
KNOWN_TO_BOTH = """
    abs any_value avg bool_or cast coalesce count greatest lag lead least max max_by median min nullif round row_number
    sum upper
"""
WORDS_BEFORE_BRACKETS = "and as by distinct exists filter from in join not on or over select using when where"

# form: why not, and an example that must be found
LACKING = {
    r"filter \((?! ?where\b)": ("Spark wants the word where", "count(*) filter (total > 0)"),
    r"[-+] (lag|lead|date|day)\b|\b\w+_(date|at) - \w*\.?\w+_(date|at)\b": (
        "dates subtracted are days in one engine and an interval in the other: compare with a date plus an interval",
        "day - lag(day) over (order by day) > 3",
    ),
    r"\binterval (?!\d+ (second|minute|hour|day|month|year)\b)": (
        "Spark's interval is a number and a unit: multiply, n * interval 1 day",
        "as_of_date + interval (horizon_days) day",
    ),
    r"\b(median|quantile\w*|mode)\([^()]*\) (filter \([^()]*\) )?over\b": (
        "Spark's ordered windows have no median: aggregate ranked rows",
        "median(rows_loaded) over last_28",
    ),
    r"::|\*\*|//|->|[~\[\]]": ("operators of DuckDB alone", "total::double"),
    r" / (?!\d|nullif\b)": ("dividing by nought is an error in Spark and nothing in DuckDB", "a / count(*)"),
    r'"': ("double quotes make a text in Spark", 'select "total"'),
    r"\* ?(exclude|replace|except)\b": ("stars with exceptions differ", "select * replace (1 as total)"),
    r"\b(asof|positional) join\b|\bat time zone\b|\busing sample\b|\browid\b|\bsimilar to\b": (
        "Spark has no such words",
        "from a asof join b",
    ),
    r"\b(describe|summarize|pragma|show)\b": ("a statement is no subquery in Spark", "from (describe raw.orders)"),
}

QUERIES = [
    (table.address, rule.meta["claim"], rule.unexpected_rows_query)
    for table in gated_tables(*GATED_SCHEMAS, "ops")
    for rule in rules_for(table)
    if hasattr(rule, "unexpected_rows_query")
]


def foreign_words(query: str) -> list[str]:
    """What of a query is not known to both engines, with why."""
    text = re.sub(r"\s+", " ", re.sub(r"'[^']*'", "''", query)).lower()
    known = {*KNOWN_TO_BOTH.split(), *WORDS_BEFORE_BRACKETS.split()}
    unknown = sorted(set(re.findall(r"\b([a-z_]\w*) ?\(", text)) - known)
    forms = [f"{found[0]!r}: {why}" for form, (why, _) in LACKING.items() if (found := re.search(form, text))]
    return forms + [f"{name}(): not known to be in both engines" for name in unknown]


@pytest.mark.parametrize(("table", "claim", "query"), QUERIES, ids=[f"{table}-{claim}" for table, claim, _ in QUERIES])
def test_a_query_is_in_words_that_both_engines_know(table, claim, query):
    assert foreign_words(query) == [], f"{table}, {claim}"


@pytest.mark.parametrize(("why", "example"), LACKING.values())
def test_a_form_that_spark_lacks_is_found(why, example):
    assert why in " ".join(foreign_words(f"select 1 as one, {example}"))


def test_a_function_of_one_engine_alone_is_found_and_words_in_a_text_are_not():
    assert foreign_words("select isfinite(total), to_days(3) from {batch}") == [
        "isfinite(): not known to be in both engines",
        "to_days(): not known to be in both engines",
    ]
    assert (
        foreign_words("select 'see [docs], or ask(somebody)' as mend from {batch} where upper(a) in ('x', 'y')") == []
    )
