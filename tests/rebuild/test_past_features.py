"""Features at a past date are those that a build of that date would have given: nothing reported later leaks."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from pipelines.warehouse.build import connect
from tests.rebuild.building import build
from tests.rebuild.history import LAST_DAY, History

pytestmark = pytest.mark.xdist_group("rebuild")

# Who is one customer, and when the first account was opened, is today's knowledge at every date.
FEATURES = """
    select columns(column_name -> column_name not in ('customer_id', 'is_today', 'days_since_registration')), accounts
    from features.customer_features
    inner join (
        select customer_id, string_agg(account_key, ' ' order by account_key) as accounts
        from intermediate.int_customer_accounts group by customer_id
    ) using (customer_id)
    where as_of_date = ?
"""


def features(warehouse: Path, date: object) -> Counter:
    with connect(warehouse, read_only=True) as connection:
        return Counter(connection.execute(FEATURES, [date]).fetchall())


@pytest.mark.wide
def test_features_of_a_past_date_are_what_was_known_then(history: History, last_night: Path, tmp_path: Path) -> None:
    for days in (90, 120):
        date = LAST_DAY - timedelta(days=days)
        seen_tonight = features(last_night, date)
        seen_then = features(build(history.lake, tmp_path / str(days), date, is_scored=False), date)
        same_persons = {row[-1] for row in seen_tonight} & {row[-1] for row in seen_then}
        differing = [row for row in (seen_tonight - seen_then) + (seen_then - seen_tonight) if row[-1] in same_persons]
        print(len(seen_tonight), len(seen_then), len(same_persons), len(differing))
        assert differing == []
        assert len(same_persons) > 0.9 * len(seen_tonight)
        with connect(last_night, read_only=True) as connection:
            [(restated,)] = connection.execute(
                "select count(distinct customer_id) from intermediate.int_past_customer_days where as_of_date = ?",
                [date],
            ).fetchall()
        assert restated > 20  # otherwise nothing was put to the test
