"""What a text of SQL may say for DuckDB and Spark to understand it and answer alike. Whose it is, is not known here.

No Spark is needed: a text calls only functions of a list, which both compute alike, and has none of a few forms.
"""

import re

# A function is added once it was looked up in both manuals: one name, the same arguments, the same answer for nothing.
KNOWN_TO_BOTH = """
    abs any_value avg bool_or cast ceil coalesce concat_ws contains count day decimal exp first_value floor greatest
    instr lag lead least left lower max max_by md5 median min min_by month nullif power round row_number rank rtrim
    sqrt sum translate trim upper year
"""
WORDS_BEFORE_BRACKETS = """
    and as between by case distinct else end exists filter from in join materialized not on or over select then using
    when where
"""

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
    r" / (?!\d|nullif\b|count\(\*\) over\b)": (
        "dividing by nought is an error in Spark and nothing in DuckDB",
        "a / count(*)",
    ),
    r'"': ("double quotes make a text in Spark", 'select "total"'),
    r"\* ?(exclude|replace|except)\b": ("stars with exceptions differ", "select * replace (1 as total)"),
    r"\b(asof|positional) join\b|\bat time zone\b|\busing sample\b|\browid\b|\bsimilar to\b": (
        "Spark has no such words",
        "from a asof join b",
    ),
    r"\border by all\b|\bby name\b|\bdistinct on\b|\bpivot\b": (
        "DuckDB's short ways of saying it are its own",
        "select * from a union all by name select * from b",
    ),
    r"\b(describe|summarize|pragma|show)\b": ("a statement is no subquery in Spark", "from (describe raw.orders)"),
    r"\bas (varchar|text|hugeint|u?(tiny|small|big)?integer|real|blob|timestamptz)\b(?! ?[,(]| from)": (
        "types are called string, bigint, double, boolean, date, timestamp, decimal",
        "cast(total as varchar) || 'x'",
    ),
}


def foreign_words(text: str, also_known: str = "") -> list[str]:
    """What of a text is not known to both engines, with why; `also_known` are names that may stand before a bracket."""
    plain = re.sub(r"\s+", " ", re.sub(r"'[^']*'", "''", text)).lower()
    known = {*KNOWN_TO_BOTH.split(), *WORDS_BEFORE_BRACKETS.split(), *also_known.split()}
    unknown = sorted(set(re.findall(r"\b([a-z_]\w*) ?\(", plain)) - known)
    forms = [f"{found[0]!r}: {why}" for form, (why, _) in LACKING.items() if (found := re.search(form, plain))]
    return forms + [f"{name}(): not known to be in both engines" for name in unknown]
