"""Two generated shops for the tests of the generator, written at once and continued, read without any code of ours."""

import csv
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from pipelines.sample.continuing import continue_shop
from pipelines.sample.defaults import UNTIL
from pipelines.sample.generator import generate
from pipelines.sample.parameters import Parameters
from pipelines.sample.truth import SampleTruth

DAYS = 730
GONE_ON_BY = 180
KEYS = {
    "customers": "account_id",
    "orders": "order_id",
    "order_items": "order_item_id",
    "products": "product_id",
    "tickets": "ticket_id",
    "feedback": "feedback_id",
    "survey_preferences": "survey_response_id, attribute",
    "consents": "consent_id",
}
KEYS_IN_PARQUET = {"events": "event_id", "campaign_messages": "message_event_id"}
# What the contract of a feed asks of a row, as a case from the first broken rule to its reason.
REASONS = {
    "customers": """case when account_id = '' then 'missing_required'
        when try_cast(registered_at as timestamp) is null then 'not_a_instant'
        when birth_date <> '' and try_cast(birth_date as date) is null then 'not_a_date'
        when gender not in ('f', 'm', 'o', '') then 'not_an_accepted_value' end""",
    "orders": """case when order_id = '' then 'missing_required'
        when try_cast(ordered_at as timestamp) is null then 'not_a_instant'
        when status not in ('pending', 'paid', 'shipped', 'delivered', 'cancelled', 'returned', 'credit_note')
            then 'not_an_accepted_value'
        when try_cast(total as decimal(18, 2)) is null then 'not_a_money' end""",
    "order_items": """case when order_item_id = '' or order_id = '' then 'missing_required'
        when try_cast(quantity as bigint) is null then 'not_a_integer'
        when try_cast(unit_price as decimal(18, 4)) is null then 'not_a_price' end""",
    "products": """case when product_id = '' then 'missing_required'
        when try_cast(list_price as decimal(18, 4)) is null then 'not_a_price' end""",
    "events": """case when event_id is null or occurred_at is null then 'missing_required'
        when type not in ('view', 'search', 'add_to_cart', 'remove_from_cart', 'checkout', 'login', 'purchase',
            'cancel', 'other') then 'not_an_accepted_value' end""",
    "tickets": """case when ticket_id = '' or opened_at = '' then 'missing_required'
        when level not in ('', 'line', 'technical', 'quality') then 'not_an_accepted_value'
        when is_complaint not in ('', 'true', 'false') then 'not_a_boolean' end""",
    "feedback": """case when feedback_id = '' or submitted_at = '' or kind = '' then 'missing_required'
        when kind not in ('review', 'rating', 'nps', 'survey') then 'not_an_accepted_value'
        when score <> '' and try_cast(score as double) is null then 'not_a_number' end""",
    "survey_preferences": """case when '' in (survey_response_id, account_id, asked_at, attribute, value)
            then 'missing_required'
        when attribute not in ('category', 'brand', 'price_level', 'promotion', 'daypart', 'weekday', 'device',
            'purchase_style', 'service_need') then 'not_an_accepted_value' end""",
    "consents": """case when '' in (consent_id, account_id, channel, is_granted, changed_at) then 'missing_required'
        when is_granted not in ('true', 'false') then 'not_a_boolean' end""",
    "campaign_messages": """case when message_event_id is null or message_id is null or occurred_at is null
            then 'missing_required'
        when event not in ('sent', 'delivered', 'opened', 'clicked', 'unsubscribed', 'bounced', 'converted')
            then 'not_an_accepted_value' end""",
}
# Of two versions the one that was changed later, or where nothing says when, the one in the later file.
VERSIONS = {
    **dict.fromkeys(("customers", "orders", "tickets", "feedback"), "updated_at"),
    **dict.fromkeys(KEYS_IN_PARQUET, "1"),
}


@dataclass(frozen=True)
class SampleShop:
    """The folder, what the generator says of it, and what lies in it.

    For each feed the connection has <feed>_rows (all readable rows, with `reason`) and <feed> (sound rows, no
    duplicates, newest version); besides, `persons`, `identities`, `order_owners`, `true_carts` and `sound_orders`
    (with the person).
    """

    folder: Path
    truth: SampleTruth
    connection: duckdb.DuckDBPyConnection
    unreadable: dict[str, int]

    def value(self, query: str) -> object:
        """The single value that the query gives."""
        return self.connection.execute(query).fetchall()[0][0]

    def column(self, query: str) -> list:
        """The first column of what the query gives."""
        return [row[0] for row in self.connection.execute(query).fetchall()]


def _at_once(folder: Path) -> SampleTruth:
    return generate(folder, customers=12_000, days=DAYS, seed=3, customers_a_batch=5_000)


def _gone_on(folder: Path) -> SampleTruth:
    """The last quarter of the window was added to it, and nothing but BG/NBD makes people leave.

    Nothing is late, so that the files tell of all that happened.
    """
    opened_until = UNTIL - timedelta(days=GONE_ON_BY)
    rates = Parameters(late=0.0, complaint_drives_away=0.0, late_reply_drives_away=0.0, series_drives_away=0.0)
    generate(folder, 8_000, DAYS - GONE_ON_BY, seed=3, until=opened_until, customers_a_batch=5_000, rates=rates)
    return continue_shop(folder, GONE_ON_BY)


@pytest.fixture(
    scope="session",
    params=[_at_once, pytest.param(_gone_on, marks=(pytest.mark.xdist_group("gone_on"), pytest.mark.wide))],
    ids=["at once", "gone on"],
)
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SampleShop:
    folder = tmp_path_factory.mktemp("sample") / "shop"
    truth = request.param(folder)
    return read_shop(folder, truth)


def read_shop(folder: Path, truth: SampleTruth) -> SampleShop:
    """What lies in the folder of a shop."""
    connection = duckdb.connect()
    unreadable = {feed: _read_feed(connection, folder, feed) for feed in KEYS}
    for feed in KEYS_IN_PARQUET:
        connection.execute(f"create table {feed}_table as from read_parquet('{folder}/{feed}*.parquet')")
    for feed in REASONS:
        connection.execute(f"create table {feed}_rows as select *, {REASONS[feed]} as reason from {feed}_table")
    for feed, key in (KEYS | KEYS_IN_PARQUET).items():
        version = VERSIONS.get(feed, "file_number")
        newest = f"qualify row_number() over (partition by {key} order by {version} desc) = 1"
        connection.execute(f"create view {feed} as select distinct * from {feed}_rows where reason is null {newest}")
    truths = {"persons": "persons", "identities": "customers", "order_owners": "orders", "true_carts": "carts"}
    for name, table in truths.items():
        connection.execute(f"create table {name} as from '{folder}/truth/{table}.parquet'")
    connection.execute(
        """create table sound_orders as
        select orders.*, person_id, ordered_at::timestamp as moment,
            orders.status in ('paid', 'shipped', 'delivered', 'returned') as is_paid
        from orders join order_owners using (order_id)"""
    )
    return SampleShop(folder, truth, connection, unreadable)


def _read_feed(connection: duckdb.DuckDBPyConnection, folder: Path, feed: str) -> int:
    """Makes <feed>_table of the rows with as many fields as the header; how many have not."""
    rows: list[list[str | int]] = []
    unreadable = 0
    for number, path in enumerate(sorted(folder.glob(f"{feed}[-.]*csv"))):
        with path.open(newline="", encoding="utf-8") as file:
            header, *read = csv.reader(file)
        rows += [[*row, number] for row in read if len(row) == len(header)]
        unreadable += sum(len(row) != len(header) for row in read)
    table = pa.table(
        dict(zip([*header, "file_number"], (pa.array(column) for column in zip(*rows, strict=True)), strict=True))
    )
    connection.register("read", table)
    connection.execute(f"create table {feed}_table as from read")
    connection.unregister("read")
    return unreadable
