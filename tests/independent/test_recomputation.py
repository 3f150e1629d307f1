"""Real shops worked out once more from their files, in plain pandas: row by row what was published.

What a customer is called there is made with a secret: who is who is found by the orders, which both sides name alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import duckdb
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from tests.conftest import Run
from tests.independent import cohorts, days, rfm, shops, tiers

PUBLISHED, BUILT = "published/guanxi.duckdb", "warehouse/guanxi.duckdb"


@dataclass
class Worked:
    """A shop worked out from its files, and the night that published it."""

    shop: shops.Shop
    run: Run

    def select(self, query: str, file: str | None = None) -> pd.DataFrame:
        with duckdb.connect(str(self.run.home / (file or PUBLISHED)), read_only=True) as connection:
            return connection.execute(query).df()

    @cached_property
    def rfm_moves(self) -> pd.DataFrame:
        return rfm.history(self.shop)

    @cached_property
    def person_of(self) -> pd.Series:
        """The person by customer_id, of all who have an order; one of each is one of the other."""
        published = self.select("select order_id, customer_id from marts.fct_orders where customer_id is not null")
        known = self.shop.orders[self.shop.orders.person.notna()]
        assert sorted(published.order_id) == sorted(known.order_id)
        pairs = published.merge(known, on="order_id")[["customer_id", "person"]].drop_duplicates()
        assert pairs.customer_id.is_unique
        assert pairs.person.is_unique
        return pairs.set_index("customer_id").person

    def people(self, query: str, file: str | None = None) -> pd.DataFrame:
        """A select's rows by person; of those who have never ordered, who cannot be told apart, none."""
        found = self.select(query, file)
        return found.assign(person=found.customer_id.map(self.person_of)).dropna(subset="person").set_index("person")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("online_retail", marks=(pytest.mark.xdist_group("online_retail"), pytest.mark.wide)),
        pytest.param("thelook", marks=(pytest.mark.xdist_group("thelook"), pytest.mark.wide)),
    ],
)
def worked(request: pytest.FixtureRequest, shared_data: Callable) -> Worked:
    run = request.getfixturevalue(f"{request.param}_night")
    return Worked(getattr(shops, request.param)(shared_data(request.param), run.shop["as_of"]), run)


def assert_same(found: pd.DataFrame, expected: pd.DataFrame, key: list[str]) -> None:
    """The columns of what is expected, row by row."""

    def in_order(frame: pd.DataFrame) -> pd.DataFrame:
        ordered = frame[list(expected.columns)].sort_values(key, ignore_index=True)
        return ordered.astype(object).where(ordered.notna(), None)

    assert_frame_equal(in_order(found), in_order(expected), rtol=1e-9)


def test_everybody_is_counted(worked: Worked) -> None:
    found = worked.select("""
        select
            count(*) as customer_count,
            count(*) filter (where order_count > 0) as buyer_count,
            count(*) filter (where rfm_group = 'none' and rfm_code = 'none' and rfm_segment = 'prospects')
                as prospect_count
        from marts.customer_rfm
    """)
    people, bought = len(worked.shop.people), worked.shop.purchase_days.person.nunique()
    assert found.to_numpy().tolist() == [[people, bought, people - bought]]


def test_tiers(worked: Worked) -> None:
    found = worked.people("""
        select customer_id, cast(net_sales_12m * 100 as bigint) as net_sales_12m, order_count_12m, value_tier, vip_level
        from marts.customer_tiers
    """)
    expected = tiers.tiers(worked.shop).loc[found.index]
    assert_same(found.reset_index(), expected.rename_axis("person").reset_index(), ["person"])


def test_concentration(worked: Worked) -> None:
    found = worked.select("""
        select * replace (cast(net_sales * 100 as bigint) as net_sales) from marts.sales_concentration
    """)
    assert_same(found, tiers.concentration(worked.shop), ["scope", "segment"])


def test_thresholds_of_rfm_are_those_of_every_month_end(worked: Worked) -> None:
    found = worked.select("""
        select
            valid_date, buyer_count, frequency_level_2_above, frequency_level_3_above,
            cast(monetary_level_2_above * 100 as bigint) as monetary_level_2_above,
            cast(monetary_level_3_above * 100 as bigint) as monetary_level_3_above
        from marts.rfm_thresholds
    """)
    rows = []
    for day in rfm.days(worked.shop):
        known = rfm.buyers(worked.shop, day)
        limits = rfm.thresholds(known)
        rows.append((day, (known.cents > 0).sum(), *limits["order_count"], *limits["cents"]))
    assert_same(found, pd.DataFrame(rows, columns=list(found.columns)), ["valid_date"])


def test_rfm_of_tonight_in_both_schemes(worked: Worked) -> None:
    found = worked.people("select * from marts.customer_rfm where order_count > 0")
    known = rfm.buyers(worked.shop, worked.shop.as_of)
    last = rfm.thresholds(rfm.buyers(worked.shop, rfm.days(worked.shop)[-2]))
    codes = rfm.codes(known, rfm.thresholds(known))
    assert (codes == rfm.codes_by_rank(known)).all()
    moves = worked.rfm_moves.sort_values("day").groupby("person").last()
    expected = pd.DataFrame(
        {
            "days_since_last_order": known.recency,
            "rfm_code": codes,
            "rfm_group": codes.map(rfm.GROUP_OF),
            "previous_rfm_group": moves.from_group,
            "rfm_group_since": moves.day,
            "rfm_group_at_last_thresholds": rfm.codes(known, last).map(rfm.GROUP_OF),
            "rfm_segment": rfm.segments(known),
        }
    )
    assert_same(found.reset_index(), expected.rename_axis("person").reset_index(), ["person"])


def test_rfm_groups_of_every_month_end(worked: Worked) -> None:
    found = worked.people(
        "select customer_id, month, moved_date as day, from_group, to_group from intermediate.int_rfm_moves", BUILT
    )
    expected = worked.rfm_moves[["person", "month", "day", "from_group", "to_group"]]
    assert_same(found.reset_index(), expected, ["person", "day"])


def test_moves_between_rfm_groups_are_behaviour_or_thresholds(worked: Worked) -> None:
    found = worked.select("select * from marts.rfm_migrations")
    assert_same(found, rfm.migrations(worked.rfm_moves), ["month", "from_group", "to_group"])


def test_cohorts_are_retained(worked: Worked) -> None:
    key = ["cohort_type", "cohort_month", "period_type", "period_number"]
    assert_same(worked.select("select * from marts.cohort_retention"), cohorts.retention(worked.shop), key)


def test_customers_are_compared_before_and_after_a_programme(worked: Worked) -> None:
    found = worked.select(
        """
        select * from marts.programme_retention join reference.programmes using (programme)
    """,
        BUILT,
    )
    [starts_on] = found.starts_on.unique()
    expected = cohorts.programme(worked.shop, pd.Timestamp(starts_on))
    assert len(expected) == 8
    assert_same(found, expected, ["period", "cohort_type", "window_days"])


def test_first_time_buyers_come_back(worked: Worked) -> None:
    found = worked.select("select * from marts.time_to_second_order")
    assert_same(found, cohorts.second_orders(worked.shop), ["cohort_month"])


@pytest.mark.parametrize("segment_type", ["value_tier", "activity", "lifecycle_stage", "rfm_group"])
def test_history_of_segments(worked: Worked, segment_type: str) -> None:
    found = worked.people(f"""
        select customer_id, segment, valid_from, valid_to from marts.customer_segment_history
        where segment_type = '{segment_type}'
    """)
    by_the_month = segment_type == "rfm_group"
    shop = worked.shop
    expected = rfm.periods(shop, worked.rfm_moves) if by_the_month else days.periods(shop, segment_type)
    known = expected[expected.person.isin(worked.person_of)]
    assert_same(found.reset_index(), known, ["person", "valid_from"])
    periods = worked.select(f"""
        select segment, valid_from, valid_to from marts.customer_segment_history where segment_type = '{segment_type}'
    """)
    assert_same(periods, expected[["segment", "valid_from", "valid_to"]], ["segment", "valid_from", "valid_to"])
