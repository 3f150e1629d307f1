"""Real shops as their files tell them: who ordered what, when, for how much. None of our tables is read here.

A person is what the files make of one (an account; where it has an address, all accounts with it), a day is the shop's
own, and money is whole cents.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

NO_SALES = {"AMAZONFEE", "BANK CHARGES", "CRUK", "B", "S"}
MOST_ACCOUNTS = 5  # an address that more of them share is nobody's


@dataclass(frozen=True)
class Shop:
    """What is known of a shop at the end of a day."""

    as_of: pd.Timestamp
    orders: pd.DataFrame  # order_id, person (missing: nobody known), date, is_purchase, cents
    registered: pd.Series  # day of the first registration by person
    contacts: pd.DataFrame  # person, date, login_count: all days with an order or event, and the log-ins on them

    @property
    def sales(self) -> pd.DataFrame:
        """Orders of persons that count: purchases, and credit notes."""
        return self.orders[self.orders.person.notna() & (self.orders.is_purchase | (self.orders.cents != 0))]

    @property
    def people(self) -> pd.Index:
        """Everybody who has registered or ordered."""
        return self.registered.index.union(pd.Index(self.orders.person.dropna().unique()))

    @cached_property
    def purchase_days(self) -> pd.DataFrame:
        """person, date: several purchases on a day are one day."""
        bought = self.orders[self.orders.is_purchase & self.orders.person.notna()]
        return bought[["person", "date"]].drop_duplicates().sort_values(["person", "date"], ignore_index=True)

    @cached_property
    def days_bought(self) -> dict[str, list[pd.Timestamp]]:
        """The days with a purchase by person, in order of time."""
        return self.purchase_days.groupby("person").date.apply(list).to_dict()

    @cached_property
    def since(self) -> pd.Series:
        """The first day of each person: registration, order or event."""
        return pd.concat([self.registered, self.contacts.groupby("person").date.min()]).groupby(level=0).min()


def cents(quantity: pd.Series, price: pd.Series) -> pd.Series:
    """Quantity times price, halves away from zero; a price has four places at most."""
    exact = quantity.astype("int64") * np.rint(price.astype(float) * 10_000).astype("int64")
    return np.sign(exact) * ((exact.abs() + 50) // 100)


def online_retail(folder: Path, as_of: str) -> Shop:
    """Invoices of a wholesaler; a C before the number makes a credit note."""
    early = pd.read_parquet(folder / "lines_2009_2010.parquet")
    lines = pd.concat([early[early.invoice_date < "2010-12-01"], pd.read_parquet(folder / "lines.parquet")])
    lines["person"] = lines.customer_id
    registered = lines[lines.person.notna()].groupby("person").invoice_date.min().dt.normalize()
    code = lines.stock_code.str.strip().str.upper()
    is_sale = (lines.unit_price > 0) & ~code.isin(NO_SALES) & ~code.str.startswith(("ADJUST", "TEST"))
    sales = lines[is_sale].drop_duplicates()
    sales["cents"] = cents(sales.quantity, sales.unit_price)
    orders = sales.groupby("invoice_no").agg(
        person=("person", "first"), date=("invoice_date", "min"), cents=("cents", "sum")
    )
    orders["date"] = orders.date.dt.normalize()
    orders["is_purchase"] = ~orders.index.str.upper().str.startswith("C")
    orders["order_id"] = "online_retail:" + orders.index
    # without a log a day with an order is one with a log-in
    contacts = orders.groupby(["person", "date"]).is_purchase.max().astype(int).rename("login_count").reset_index()
    return Shop(pd.Timestamp(as_of), orders.reset_index(drop=True), registered, contacts)


def thelook(folder: Path, as_of: str) -> Shop:
    """Orders whose lines may come back one by one."""
    end = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    users = pd.read_parquet(folder / "users.parquet")
    users = users[users.created_at < end]
    email = users.email.str.strip().str.lower()
    is_shared = email.map(email.value_counts()) > MOST_ACCOUNTS
    person = email.mask(is_shared, users.id.astype(str)).set_axis(users.id)
    registered = users.created_at.dt.normalize().groupby(person.to_numpy()).min()
    orders = pd.read_parquet(folder / "orders.parquet")
    orders = orders[orders.created_at < end]
    items = pd.read_parquet(folder / "order_items.parquet")
    items = items[items.status != "Returned"]
    kept = cents(pd.Series(1, items.index), items.sale_price).groupby(items.order_id).sum()
    is_paid = ~orders.status.isin(["Cancelled", "Returned"])
    ordered = pd.DataFrame(
        {
            "order_id": "thelook:" + orders.order_id.astype(str),
            "person": orders.user_id.map(person),
            "date": orders.created_at.dt.normalize(),
            "is_purchase": orders.status != "Cancelled",
            "cents": orders.order_id.map(kept).fillna(0).astype("int64").where(is_paid, 0),
        }
    ).reset_index(drop=True)
    return Shop(pd.Timestamp(as_of), ordered, registered, _visits(folder, end, person, ordered))


def _visits(folder: Path, end: pd.Timestamp, person: pd.Series, ordered: pd.DataFrame) -> pd.DataFrame:
    """A log that knows no log-in is told of visits."""
    events = pd.read_parquet(folder / "events.parquet", columns=["user_id", "session_id", "created_at"])
    events = events[(events.created_at < end) & events.user_id.notna()]
    events = events.assign(person=events.user_id.astype(int).map(person), date=events.created_at.dt.normalize())
    visits = events.groupby(["person", "date"]).session_id.nunique().rename("login_count").reset_index()
    return pd.concat([visits, ordered[["person", "date"]].assign(login_count=0)])
