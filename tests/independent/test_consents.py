"""The sample's consents worked out once more, in plain pandas: each row that was published."""

import duckdb
import pandas as pd
from pandas.testing import assert_frame_equal

from tests.conftest import Run
from tests.independent import consents

KEY = ["customer_id", "channel"]


def assert_same(found: pd.DataFrame, expected: pd.DataFrame, key: list[str]) -> None:
    """Row by row, whatever their order and the unit of their instants."""
    first, second = (
        frame[list(expected.columns)].sort_values(key, ignore_index=True).astype(object) for frame in (found, expected)
    )
    assert_frame_equal(first.where(first.notna(), None), second.where(second.notna(), None))


def test_every_consent_is_what_was_said_last(first_night: Run) -> None:
    with duckdb.connect(str(first_night.home / "warehouse" / "guanxi.duckdb"), read_only=True) as connection:

        def rows(query: str) -> pd.DataFrame:
            return connection.execute(query).df()

        key = "source_name || ':' || account_id as account_key"
        end = "(select timezone('UTC', timezone(time_zone, (as_of_date + 1)::timestamp)) from ops.night)"
        said = rows(f"select *, {key} from raw.consents where changed_at < {end}")
        sent = rows(f"select *, {key} from raw.campaign_messages where occurred_at < {end}")
        accounts = rows("select account_key, customer_id from intermediate.int_customer_accounts")
        customer_of = accounts.set_index("account_key").customer_id
        expected = consents.history(said, sent, customer_of)
        found = rows("from marts.customer_consent_history")
        now = rows("from marts.customer_consents")
        wide = rows("from marts.customer_360").set_index("customer_id")
    assert len(expected) > 1_000
    assert not expected.is_granted.all()
    assert expected.merge(accounts.customer_id.value_counts().loc[lambda count: count > 1], on="customer_id").size
    assert_same(found, expected, [*KEY, "changed_at"])
    answers = consents.present(expected, pd.Index(accounts.customer_id.unique()))
    assert_same(now, answers, KEY)
    granted = answers.pivot(index="customer_id", columns="channel", values="is_granted")
    for channel in ("email", "sms", "push", "on_site", "wechat"):
        assert wide[f"may_{channel}"].to_dict() == granted[channel].to_dict(), channel
