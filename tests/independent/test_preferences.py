"""The sample's preferences worked out once more, in plain pandas: each row that was published."""

import duckdb
import pandas as pd
from pandas.testing import assert_frame_equal

from tests.conftest import Run
from tests.independent.preferences import Facts, evidence, preferred, promotions

KEY = ["attribute", "customer_id"]


def test_every_preference_is_what_the_facts_say(first_night: Run) -> None:
    with duckdb.connect(str(first_night.home / "warehouse" / "guanxi.duckdb"), read_only=True) as connection:

        def rows(query: str) -> pd.DataFrame:
            found = connection.execute(query).df()
            sums = [name for name in found if name.endswith("_amount") or name == "unit_price"]
            return found.astype(dict.fromkeys(sums, float))

        facts = Facts(
            rows("from marts.fct_orders"),
            rows("from marts.fct_order_items"),
            rows("from marts.dim_products"),
            rows("from marts.fct_sessions"),
            rows("""
                select accounts.customer_id, events.product_id, events.occurred_at as viewed_at
                from staging.stg_events as events
                inner join intermediate.int_customer_accounts as accounts using (account_key)
                where events.event_type = 'view' and events.product_id is not null
            """),
            rows("from marts.fct_tickets where customer_id is not null"),
            rows("from marts.fct_feedback where customer_id is not null"),
            connection.execute("select time_zone from ops.night").fetchall()[0][0],
        )
        expected = pd.concat([preferred(evidence(facts)), promotions(facts)])
        wide = rows("from marts.customer_360").set_index("customer_id")
        columns = ", ".join(expected.columns)
        found = rows(f"select {columns} from marts.customer_preferences where share is not null")
    times = (expected.share * expected.evidence_count).round()
    told = expected[(expected.attribute == "promotion") | (times >= 2)].pivot(
        index="customer_id", columns="attribute", values="value"
    )
    for attribute, values in told.items():
        name = attribute if attribute in wide else f"preferred_{attribute}"
        assert wide[name].equals(values.reindex(wide.index).fillna("unknown").astype(wide[name].dtype)), attribute
    assert (wide.preferred_category == "unknown").sum() > 100
    assert len(expected) > 5_000
    assert set(expected.attribute) == set(found.attribute)
    assert expected.attribute.nunique() == 9
    assert_frame_equal(
        found.sort_values(KEY, ignore_index=True),
        expected.sort_values(KEY, ignore_index=True),
        check_dtype=False,
        rtol=1e-9,
    )
