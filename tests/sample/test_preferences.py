"""What people like best shows in what they buy and say, and who seeks promotions in what they pay."""

import numpy as np
import pytest
from scipy.stats import rankdata

LINES = """select person_id, order_id, products.category, order_items.discount::double > 0 as is_marked_down,
        sound_orders.discount::double > 0 as has_coupon,
        quantity::int * unit_price::double - order_items.discount::double as amount
    from order_items join sound_orders using (order_id) join products using (product_id) where is_paid"""


def test_the_favourite_category_is_found_again_for_most_who_ordered_five_times(shop):
    found = shop.column(
        f"""with lines as ({LINES}),
        counted as (select person_id, category, count(*) as n from lines group by all),
        often as (select person_id from lines group by person_id having count(distinct order_id) >= 5)
        select arg_max(category, (n, category)) = any_value(favourite_category)
        from counted join often using (person_id) join persons using (person_id) group by person_id"""
    )
    assert len(found) > 500
    assert np.mean(found) > 0.95


def test_who_seeks_promotions_is_found_by_the_share_of_spend_on_them(shop):
    share, seeks = (
        np.array(column)
        for column in zip(
            *shop.connection.execute(
                f"""with lines as ({LINES})
                select sum(amount) filter (is_marked_down or has_coupon) / sum(amount), any_value(is_promotion_seeker)
                from lines join persons using (person_id)
                group by person_id having count(distinct order_id) >= 3"""
            ).fetchall(),
            strict=True,
        )
    )
    share = np.nan_to_num(share.astype(float))
    ranks, positives, negatives = rankdata(share), seeks.sum(), (~seeks).sum()
    auc = (ranks[seeks].sum() - positives * (positives + 1) / 2) / (positives * negatives)
    assert auc > 0.9


def test_promotions_are_as_many_as_stated_though_some_seek_them(shop):
    values = shop.truth.parameters
    assert shop.value("select avg(is_promotion_seeker::int) from persons") == pytest.approx(0.15, abs=0.02)
    marked, coupons = shop.connection.execute(
        f"with lines as ({LINES}) select avg(is_marked_down::int), avg(has_coupon::int) from lines"
    ).fetchall()[0]
    assert marked == pytest.approx(values["marked_down_line"], abs=0.03)
    assert coupons == pytest.approx(values["coupon"], abs=0.03)


@pytest.mark.parametrize("attribute", ["category", "device"])
def test_what_people_say_is_mostly_what_they_like(shop, attribute):
    agrees = shop.column(
        f"""select value = favourite_{attribute} from survey_preferences join identities on identity = account_id
        join persons using (person_id) where attribute = '{attribute}'"""
    )
    assert len(agrees) == pytest.approx(0.1 * shop.truth.customers, rel=0.4)
    assert np.mean(agrees) == pytest.approx(shop.truth.parameters["survey_agrees"], abs=0.04)
