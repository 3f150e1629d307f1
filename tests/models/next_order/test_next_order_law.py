"""The law of gaps: found again from simulated ones, after a silence, in each one's rhythm, with who never returns."""

import numpy as np
import pandas as pd
import pytest

from models.next_order.histories import Gaps, Histories, Standing
from models.next_order.renewal_law import RenewalLaw
from tests.models.next_order.conftest import TODAY

SHARES = (0.1, 0.5, 0.9)


def histories_of(frame: pd.DataFrame) -> Histories:
    return Histories.of(frame, TODAY)


def standing_of(silence: list[int], known_count: int = 0, known_days: int = 0) -> Standing:
    size = len(silence)
    return Standing(
        customers=np.array([f"c{place}" for place in range(size)], dtype=object),
        as_of=20_000,
        known_count=np.full(size, known_count),
        known_days=np.full(size, known_days),
        last_gap=np.full(size, np.nan),
        silence=np.array(silence),
    )


def first_gaps(days: np.ndarray, is_over: np.ndarray) -> Gaps:
    """Gaps of customers of whom nothing was known before."""
    nothing = np.zeros(days.size, dtype=int)
    return Gaps(nothing, nothing, days, is_over)


@pytest.fixture(scope="module")
def uniform() -> RenewalLaw:
    """A law by which a gap lasts each of 1 to 100 days equally often."""
    return RenewalLaw().fit(first_gaps(np.repeat(np.arange(1, 101), 50), np.ones(5000, dtype=bool)))


def test_the_law_of_simulated_gaps_is_found_again(uniform) -> None:
    standing = standing_of([0])
    outlook = uniform.outlook(standing, 90)
    assert outlook.probability == pytest.approx([0.9])
    found = [float(uniform.days_to_next(standing, outlook, 90, share)[0]) for share in SHARES]
    assert found == pytest.approx([9, 45, 81], abs=1)


def test_a_silence_changes_what_is_to_be_expected(uniform) -> None:
    """After 40 days without an order 60 are left, of which the horizon holds 30."""
    standing = standing_of([40])
    outlook = uniform.outlook(standing, 30)
    assert outlook.probability == pytest.approx([0.5])
    assert uniform.days_to_next(standing, outlook, 30, 0.5).tolist() == [15]


def test_who_buys_at_a_constant_rate_is_no_more_due_after_a_silence() -> None:
    random = np.random.default_rng(0)
    law = RenewalLaw().fit(first_gaps(np.ceil(random.exponential(30, 50_000)).astype(int), np.ones(50_000, dtype=bool)))
    standing = standing_of([0, 20, 60])
    outlook = law.outlook(standing, 30)
    assert outlook.probability == pytest.approx([1 - np.exp(-1)] * 3, abs=0.02)
    days = law.days_to_next(standing, outlook, 30, 0.5)
    assert np.ptp(days) <= 1


def test_a_forecast_of_a_later_day_is_another_silence(uniform) -> None:
    standing, later = standing_of([10]), standing_of([25])
    from_there = uniform.outlook(standing, 30, silence=25)
    assert from_there.probability == pytest.approx(uniform.outlook(later, 30).probability)
    assert (
        uniform.days_to_next(standing, from_there, 30, 0.5, silence=25).tolist()
        == uniform.days_to_next(later, uniform.outlook(later, 30), 30, 0.5).tolist()
    )


def test_those_who_never_come_back_are_in_the_law() -> None:
    """Half of the customers are silent for longer than any gap has lasted."""
    days = np.concatenate([np.tile(np.arange(1, 51), 40), np.full(2000, 400)])
    law = RenewalLaw().fit(first_gaps(days, days < 400))
    standing = standing_of([0, 40])
    assert law.outlook(standing, 90).probability == pytest.approx([0.5, 0.2 * 0.5 / 0.6], abs=0.01)


def test_gaps_that_are_still_open_count_as_longer_than_their_silence() -> None:
    random = np.random.default_rng(1)
    gaps, watched = np.ceil(random.exponential(30, 20_000)), np.ceil(random.uniform(0, 100, 20_000))
    law = RenewalLaw().fit(first_gaps(np.minimum(gaps, watched).astype(int), gaps <= watched))
    assert law.outlook(standing_of([0]), 30).probability == pytest.approx([1 - np.exp(-1)], abs=0.02)


def test_a_rhythm_is_the_own_mean_gap_shrunk_to_the_shops() -> None:
    law = RenewalLaw(prior_gaps=2.0).fit(first_gaps(np.full(10, 30), np.ones(10, dtype=bool)))
    assert law.rhythm(standing_of([0], known_count=0)).tolist() == [30]
    assert law.rhythm(standing_of([0], known_count=1, known_days=90)).tolist() == [50]
    assert law.rhythm(standing_of([0], known_count=18, known_days=18 * 90)).tolist() == [84]


def test_each_is_told_the_own_rhythm(shop) -> None:
    """Of two customers with ten gaps, of ten days and of eighty, the second is expected much later."""
    law = RenewalLaw().fit(histories_of(shop).gaps)
    told = []
    for gap in (10, 80):
        standing = standing_of([0], known_count=10, known_days=10 * gap)
        told.append(float(law.days_to_next(standing, law.outlook(standing, 365), 365, 0.5)[0]))
    assert told[0] == pytest.approx(10, abs=6)
    assert told[1] == pytest.approx(75, abs=15)


def test_strata_of_few_gaps_are_put_together(shop, make_shop) -> None:
    assert RenewalLaw().fit(histories_of(shop).gaps).strata_.tolist() == [0, 1, 2, 3, 5]
    few = histories_of(make_shop(customers=60)).gaps
    assert 30 < few.is_over.sum() < 200
    assert RenewalLaw().fit(few).strata_.tolist() == [0]


def test_without_a_gap_there_is_no_law(days_of_one) -> None:
    with pytest.raises(ValueError, match="no gap has ended"):
        RenewalLaw().fit(histories_of(days_of_one(30)).gaps)


def test_gaps_tell_what_was_known_at_each_purchase(days_of_one) -> None:
    two = pd.concat([days_of_one(100, 70, 70, 20, name="b"), days_of_one(5, name="a"), days_of_one(-3, name="later")])
    histories = histories_of(two)
    gaps, standing = histories.gaps, histories.standing
    assert gaps.known_count.tolist() == [0, 0, 1, 2]
    assert gaps.known_days.tolist() == [0, 0, 30, 80]
    assert gaps.days.tolist() == [5, 30, 50, 20]
    assert gaps.is_over.tolist() == [False, True, True, False]
    assert gaps.usual_days == 40
    assert standing.customers.tolist() == ["a", "b"]
    assert standing.silence.tolist() == [5, 20]
    assert np.array_equal(standing.last_gap, [np.nan, 50], equal_nan=True)


def test_what_came_after_a_day_is_told_of_those_known_on_it(days_of_one) -> None:
    both = pd.concat([days_of_one(100, 60, 50, name="b"), days_of_one(80, name="a"), days_of_one(120, 2, name="c")])
    histories = histories_of(both)
    earlier = histories.until(histories.as_of - 90)
    assert earlier.standing.customers.tolist() == ["b", "c"]
    assert np.array_equal(histories.next_after(earlier, 60), [30, np.nan], equal_nan=True)
    assert histories.next_after(earlier, 90).tolist() == [30, 88]


def test_a_slip_of_a_date_makes_no_history(shop) -> None:
    stray = pd.DataFrame({"customer_id": ["stray"], "purchase_date": [pd.Timestamp("1990-01-01")]})
    with_it = histories_of(pd.concat([shop, stray]))
    assert with_it.length(gap_days=365) == histories_of(shop).length(gap_days=365) == 1200
    assert with_it.length(gap_days=36_500) > 13_000
