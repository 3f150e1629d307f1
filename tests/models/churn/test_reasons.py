"""Reasons: what sets a customer apart from the average, and nothing else; in sum the probability."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from expectations.suites.ml.customer_churn import CONTRIBUTIONS
from models.churn.ranker import ChurnRanker
from models.churn.reasons import CONTRIBUTION_COLUMNS, THEMES, Explained, theme_numbers
from models.churn.search import searched


def explained(*rows: dict[str, float], constant: float = 0.5) -> pd.DataFrame:
    shares = np.array([[row.get(theme, 0.0) for theme in THEMES] for row in rows])
    return Explained.of(shares, constant).table()


def test_contributions_add_up_and_are_held_against_the_average():
    shares = np.random.default_rng(0).normal(0.3, 1, (50, len(THEMES)))
    found = Explained.of(shares, -0.2)
    np.testing.assert_allclose(found.probability, expit(shares.sum(axis=1) - 0.2))
    table = found.table()
    np.testing.assert_allclose(table[CONTRIBUTION_COLUMNS].sum(axis=1), logit(found.probability), atol=1e-7)
    np.testing.assert_allclose(table[CONTRIBUTION_COLUMNS[1:]].mean(), 0, atol=1e-8)
    assert CONTRIBUTION_COLUMNS == CONTRIBUTIONS


def test_reasons_speak_for_what_the_customer_is():
    table = explained({"service": 2, "silence": 1, "spend": -0.5}, {"service": -2, "silence": -1, "spend": 0.5})
    assert table["is_above_average"].tolist() == [True, False]
    assert table[["reason_1", "reason_2", "reason_3"]].fillna("").values.tolist() == [["service", "silence", ""]] * 2


def test_weak_reasons_are_none_and_who_is_like_all_has_none():
    table = explained({"orders": 1, "visits": 0.05}, {"orders": -1, "visits": -0.05}, {})
    assert table["reason_1"].fillna("").tolist() == ["orders", "orders", ""]
    assert table["reason_2"].isna().all()
    assert table["reason_2"].dtype == "str", "of no row, it is a text nevertheless"


def test_every_feature_has_its_theme_and_one_that_a_shop_adds_is_another():
    from pipelines.dbt import manifest

    columns = manifest()["nodes"]["model.guanxi.customer_features"]["columns"]
    learned = [name for name in columns if name not in ("customer_id", "as_of_date", "is_today", "net_sales_12m")]
    others = list(THEMES).index("other")
    assert [name for name, number in zip(learned, theme_numbers(learned), strict=True) if number == others] == []
    assert theme_numbers(["shoe_size"]).tolist() == [others]
    named = [feature for features in THEMES.values() for feature in features]
    assert len(named) == len({*named})


def test_every_theme_has_words_and_is_promised():
    from pipelines.dbt import manifest

    known = manifest()
    words = next(one["macro_sql"] for one in known["macros"].values() if one["name"] == "churn_reason")
    assert [theme for theme in THEMES if f"when '{theme}' then" not in " ".join(words.split())] == []
    promised = next(
        test["test_metadata"]["kwargs"]["values"]
        for test in known["nodes"].values()
        if test.get("column_name") == "main_reason" and test["test_metadata"]["name"] == "accepted_values"
    )
    assert promised == [*THEMES, "none"]


@pytest.mark.parametrize(("gain", "is_taken"), [(0.0, False), (0.005, False), (0.05, True)])
def test_a_way_of_growing_trees_is_taken_when_it_is_better_by_more_than_chance(gain, is_taken):
    given, losses = ChurnRanker(random_state=0), np.random.default_rng(0).normal(0.5, 0.2, 1_000)
    noise = np.random.default_rng(1).normal(0, 0.3, 1_000)

    def tried(ranker: ChurnRanker) -> tuple[np.ndarray, int]:
        return (losses, 0) if ranker is given else (losses + noise - noise.mean() - gain, 1)

    ranker, found = searched(given, 4, 0, tried)
    assert (ranker is not given, found) == (is_taken, int(is_taken))
    assert searched(given, 1, 0, tried) == (given, 0)
    assert searched(given, 4, 0, tried)[0].get_params() == ranker.get_params()
