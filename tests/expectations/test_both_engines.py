"""Every gate's query is written in words of DuckDB and Spark alike. Whether claims can be broken is asked elsewhere."""

import pytest

from pipelines.promises import GATED_SCHEMAS, gated_tables, rules_for
from tests.both_engines import LACKING, foreign_words

QUERIES = [
    (table.address, rule.claim, rule.query or f"select 1 as one from {{batch}} where {rule.condition}")
    for table in gated_tables(*GATED_SCHEMAS, "ops")
    for rule in rules_for(table)
]


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
