"""What is true of a generated shop: the people behind the rows, and how much of what was planted. Draws nothing."""

import json
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from pipelines.sample.clock import Window
from pipelines.sample.files import appearing
from pipelines.sample.parameters import Parameters
from pipelines.sample.people import Population
from pipelines.sample.plan import Plan
from pipelines.sample.truth_counts import count_carts, count_orders, count_people
from pipelines.sample.truth_tables import in_cents

TRUTH_FILE = "truth.json"
FEEDS = (
    *("customers", "orders", "order_items", "products", "events"),
    *("tickets", "feedback", "survey_preferences", "consents", "campaign_messages"),
)


@dataclass(frozen=True)
class SampleTruth:
    """Figures of the whole shop. Money is CNY, exact; `paid_net_sales` = `paid_sales` - `refunds`.

    `rows` counts what is in the files (header lines apart), `quarantined` the rows that no contract can accept, by feed
    and reason, `duplicates` the rows equal to an earlier one of their file, `older_versions` the rows superseded by a
    newer one with the same key, `keys` what is left: rows = keys + older versions + duplicates + quarantined.
    `counts` says how many there are of everything else, by name; `customers` came in the first `opening_days`.
    Of what happened at the end of a shop that has gone on, late rows are not in the files yet: they are counted in
    `counts` and in money, not in `rows` and `keys`.
    """

    seed: int
    customers: int
    customers_a_batch: int
    opening_days: int
    days: int
    first_date: date
    until: date
    parameters: dict[str, float]
    paid_sales: Decimal
    refunds: Decimal
    rows: dict[str, int]
    keys: dict[str, int]
    duplicates: dict[str, int]
    older_versions: dict[str, int]
    quarantined: dict[str, dict[str, int]]
    counts: dict[str, int]

    @property
    def paid_net_sales(self) -> Decimal:
        """What the shop kept of what was paid."""
        return self.paid_sales - self.refunds

    def write(self, folder: Path) -> None:
        """As JSON: money as text, dates as ISO."""
        content = {**asdict(self), "paid_net_sales": self.paid_net_sales}
        with appearing(folder / TRUTH_FILE) as path:
            path.write_text(json.dumps(content, indent=2, default=str) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "SampleTruth":
        """What `write` has written; KeyError, TypeError or ValueError when it has not."""
        content = json.loads((folder / TRUTH_FILE).read_text(encoding="utf-8"))
        del content["paid_net_sales"]
        for name in ("first_date", "until"):
            content[name] = date.fromisoformat(content[name])
        for name in ("paid_sales", "refunds"):
            content[name] = Decimal(content[name])
        return cls(**content)

    @property
    def plan(self) -> Plan:
        """What the shop was made from."""
        opened_until = self.first_date + timedelta(days=self.opening_days - 1)
        rates = Parameters(**self.parameters)
        return Plan(self.seed, self.customers, self.opening_days, opened_until, self.customers_a_batch, rates)


class Tally:
    """Adds up the figures of the files as they are made."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.of_feed: dict[str, Counter[str]] = {
            name: Counter(dict.fromkeys(FEEDS, 0)) for name in ("rows", "duplicates", "older_versions")
        }
        self.quarantined: dict[str, Counter[str]] = {feed: Counter() for feed in FEEDS}
        self.paid_cents = 0
        self.refunded_cents = 0

    def add_file(self, feed: str, rows: int, duplicates: int, older_versions: int, reasons: Counter[str]) -> None:
        """Counts one file of a feed."""
        added = {"rows": rows, "duplicates": duplicates, "older_versions": older_versions}
        for name, count in added.items():
            self.of_feed[name][feed] += count
        self.quarantined[feed].update(+reasons)

    def count(self, population: Population, orders: pa.Table, carts: pa.Table) -> None:
        """Counts people and the truth about their orders and carts."""
        self.counts.update(count_people(population) | count_orders(orders) | count_carts(carts))
        self.paid_cents += int(in_cents(orders.filter(orders["is_paid"])["total"]).sum())
        self.refunded_cents += int(in_cents(orders["refunded"]).sum())

    @classmethod
    def of(cls, truth: SampleTruth) -> "Tally":
        """The tally of the files so far; people and orders are to be counted anew."""
        tally = cls()
        for name, of_feed in tally.of_feed.items():
            of_feed.update(getattr(truth, name))
        for feed, reasons in truth.quarantined.items():
            tally.quarantined[feed].update(reasons)
        return tally

    def total(self, plan: Plan, window: Window) -> SampleTruth:
        """The figures of all files so far."""
        rows, duplicates, older = (self.of_feed[name] for name in ("rows", "duplicates", "older_versions"))
        keys = {feed: rows[feed] - duplicates[feed] - older[feed] - self.quarantined[feed].total() for feed in FEEDS}
        return SampleTruth(
            seed=plan.seed,
            customers=plan.customers,
            customers_a_batch=plan.customers_a_batch,
            opening_days=plan.days,
            days=window.days,
            first_date=window.start,
            until=window.until,
            parameters=asdict(plan.rates),
            paid_sales=Decimal(self.paid_cents).scaleb(-2),
            refunds=Decimal(self.refunded_cents).scaleb(-2),
            rows=dict(rows),
            keys=keys,
            duplicates=dict(duplicates),
            older_versions=dict(older),
            quarantined={feed: dict(sorted(reasons.items())) for feed, reasons in self.quarantined.items()},
            counts=dict(self.counts),
        )
