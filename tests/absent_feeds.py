"""What a shop without an optional feed is owed: the tables made of it, without a row and with all their columns."""

import duckdb

from tests.conftest import Run

EMPTY_WITHOUT = {
    "order_items": ["fct_order_items", "customer_next_categories", "product_affinities"],
    "products": ["customer_next_categories"],  # products that were sold are in the catalogue all the same
    "events": ["fct_sessions", "fct_carts", "funnel_daily", "search_terms"],
    "tickets": ["fct_tickets"],
    "feedback": ["fct_feedback"],
    "survey_preferences": [],
    "campaign_messages": ["fct_campaign_messages"],
    "consents": [],
    "erasure_requests": [],
}


def assert_absent_feeds_leave_empty_tables(run: Run, *absent: str) -> None:
    """Of each feed, that nothing of it was read, that its tables are empty, and that their columns are as declared."""
    from pipelines.landing.contracts import load_contracts
    from pipelines.tables import declared_tables

    assert EMPTY_WITHOUT.keys() == {feed for feed, contract in load_contracts().items() if not contract.is_required}
    with duckdb.connect(str(run.published), read_only=True) as connection:
        read = {feed for (feed,) in connection.execute("select feed from ops.feed_totals").fetchall()}
        assert not read & {*absent}
        for table in (table for feed in absent for table in EMPTY_WITHOUT[feed]):
            assert connection.execute(f"select count(*) from marts.{table}").fetchall() == [(0,)], table
            found = [name for name, *_ in connection.execute(f"describe marts.{table}").fetchall()]
            assert found == declared_tables()[f"marts.{table}"].column_names, table
