"""A small shop of hand-written accounts, and its tables as of a day. What they must hold is said by the tests."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipelines.landing.contracts import load_contracts
from pipelines.landing.ingest import ingest_feed
from pipelines.landing.nights import record_night
from pipelines.landing.sources import load_source
from tests.landing.shop import write_csv
from tests.rebuild.building import build, run_dbt, with_sources

OVERRIDES = "decision,source_name,account_id,other_source_name,other_account_id,reason\n"


@dataclass
class Shop:
    """Files land in `home`/files, night by night."""

    home: Path
    nights: int = field(default=0)

    def night(self, day: date, customers: list[dict], orders: list[dict]) -> None:
        """Takes these rows in, and records that the night ran as of the day."""
        files, lake = self.home / "files", self.home / "lake"
        files.mkdir(exist_ok=True)
        self.nights += 1
        items = [
            {"order_item_id": order["order_id"], "order_id": order["order_id"], "quantity": 1, "unit_price": 100}
            for order in orders
        ]
        for feed, rows in {"customers": customers, "orders": orders, "order_items": items}.items():
            columns = {name: "" for row in rows for name in row}
            if rows:
                write_csv(files / f"{feed}_{self.nights}.csv", [{**columns, **row} for row in rows])
        for feed in load_contracts():
            ingest_feed(load_source("sample"), files, feed, lake)
        record_night(lake, day)

    def build(self, name: str, day: date, overrides: str = "") -> Path:
        """The warehouse in the folder of that name, without scores."""
        folder = self.home / name
        folder.mkdir(exist_ok=True)
        (folder / "identity_overrides.csv").write_text(OVERRIDES + overrides)
        return build(self.home / "lake", folder, day, is_scored=False)

    def identity(self, name: str, day: date) -> Path:
        """The warehouse in the folder of that name with the tables that say who is one customer, and no others."""
        warehouse, _ = with_sources(self.home / "lake", self.home / name, day)
        run_dbt(warehouse, "--select", "+int_customer_accounts", "--full-refresh")
        return warehouse
