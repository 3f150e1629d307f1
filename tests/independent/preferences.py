"""What customers prefer, worked out in plain pandas from the facts of a published night."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

PRIOR = 5  # orders of the shop's, as the settings have it where a shop says nothing
LEVELS = np.array(["low", "middle", "high"])


@dataclass(frozen=True)
class Facts:
    """Rows of the night's tables: purchases and their lines, visits, views while logged in, tickets, feedback."""

    orders: pd.DataFrame
    lines: pd.DataFrame
    products: pd.DataFrame
    sessions: pd.DataFrame
    views: pd.DataFrame
    tickets: pd.DataFrame
    feedback: pd.DataFrame
    zone: str

    @cached_property
    def bought(self) -> pd.DataFrame:
        """Purchases of known customers."""
        return self.orders[self.orders.is_purchase & self.orders.customer_id.notna()]

    @cached_property
    def kept(self) -> pd.DataFrame:
        """Lines of these that were not given back whole, with what they are of."""
        lines = self.lines[self.lines.is_paid & (self.lines.refunded_quantity < self.lines.quantity)]
        lines = lines.merge(self.bought[["order_id", "ordered_at", "customer_id"]], on=["order_id", "customer_id"])
        return lines.merge(self.products[["product_id", "category", "brand"]], on="product_id", how="left")

    @cached_property
    def offered(self) -> pd.DataFrame:
        """Of each customer: orders that cost something, spend, spend on promotion, and that at the shop's share."""
        orders = self.orders[self.orders.is_purchase]
        lines = self.lines[self.lines.is_paid & self.lines.order_id.isin(orders.order_id)]
        of_lines = lines.groupby("order_id").discount_amount.sum()
        own = orders.order_id.map(of_lines).fillna(0)
        taken_off = set(lines.order_id[lines.gross_amount < 0])
        whole = orders.has_coupon | (orders.discount_amount > own + 0.004) | orders.order_id.isin(taken_off)
        known = orders.assign(whole=whole)[
            ["order_id", "customer_id", "order_date", "whole", "line_count", "total_amount"]
        ]
        of_orders = lines.drop(columns=["customer_id", "order_date"]).merge(
            known.drop(columns="total_amount"), on="order_id"
        )
        of_orders["on_offer"] = of_orders.whole | (of_orders.discount_amount > 0)
        bare = known[known.line_count == 0].rename(columns={"whole": "on_offer"})
        columns = ["customer_id", "order_id", "order_date", "on_offer", "total_amount"]
        spent = pd.concat([of_orders[columns], bare[columns]])
        spent = spent[spent.total_amount > 0]
        spent["month"] = pd.to_datetime(spent.order_date).dt.to_period("M")
        spent["promoted"] = spent.total_amount.where(spent.on_offer, 0.0)
        months = spent.groupby("month")[["promoted", "total_amount"]].sum()
        spent["offered"] = spent.total_amount * spent.month.map(months.promoted / months.total_amount)
        found = spent.groupby("customer_id").agg(
            orders=("order_id", "nunique"),
            spend=("total_amount", "sum"),
            promoted=("promoted", "sum"),
            offered=("offered", "sum"),
        )
        found["promoted_orders"] = spent[spent.on_offer].groupby("customer_id").order_id.nunique()
        return found.fillna({"promoted_orders": 0})


def evidence(facts: Facts) -> pd.DataFrame:
    """customer_id, attribute, value: a row for each thing that speaks for it."""
    kept, bought = facts.kept, facts.bought
    buyers = set(bought.customer_id)
    parts = []
    for attribute in ("category", "brand"):
        parts.append(_once(kept.assign(value=kept[attribute]), attribute))
    priced = kept[kept.unit_price > 0]
    parts.append(_once(priced.assign(value=_levels(priced)), "price_level"))
    others = facts.sessions[facts.sessions.customer_id.notna() & ~facts.sessions.customer_id.isin(buyers)]
    moments = pd.concat(
        [
            bought[["customer_id", "ordered_at"]].set_axis(["customer_id", "at"], axis=1),
            others[["customer_id", "started_at"]].set_axis(["customer_id", "at"], axis=1),
        ]
    )
    local = moments["at"].dt.tz_localize("UTC").dt.tz_convert(facts.zone)
    edges = [0, 6, 12, 18, 23, 24]
    names = ["night", "morning", "afternoon", "evening", "night"]
    daypart = np.array(names)[np.digitize(local.dt.hour, edges) - 1]
    parts.append(moments.assign(attribute="daypart", value=daypart))
    weekday = np.where(local.dt.day_of_week >= 5, "weekend", "weekday")
    parts.append(moments.assign(attribute="weekday", value=weekday))
    with_device = bought[bought.device.notna() & (bought.device != "unknown")]
    visits = facts.sessions[facts.sessions.customer_id.notna() & (facts.sessions.device != "unknown")]
    visits = visits[~visits.customer_id.isin(set(with_device.customer_id))]
    devices = pd.concat([with_device[["customer_id", "device"]], visits[["customer_id", "device"]]])
    parts.append(devices.rename(columns={"device": "value"}).assign(attribute="device"))
    parts.append(_once(_styles(facts), "purchase_style"))
    told = pd.concat(
        [facts.tickets[["customer_id", "topic"]], facts.feedback.query("status != 'none'")[["customer_id", "topic"]]]
    )
    needs = {topic: _need(topic) for topic in told.topic.unique()}
    parts.append(told.assign(attribute="service_need", value=told.topic.map(needs)))
    found = pd.concat([part[["customer_id", "attribute", "value"]] for part in parts])
    return found.dropna(subset=["customer_id", "value"])


def preferred(rows: pd.DataFrame) -> pd.DataFrame:
    """A row per customer and attribute: what was chosen most often, of these the more usual, then the first by name."""
    count = rows.groupby(["customer_id", "attribute", "value"]).size().rename("own").reset_index()
    shop = rows.groupby(["attribute", "value"]).size().rename("usual").reset_index()
    shop["share_of_shop"] = shop.usual / shop.groupby("attribute").usual.transform("sum")
    count = count.merge(shop, on=["attribute", "value"])
    count["evidence_count"] = count.groupby(["customer_id", "attribute"]).own.transform("sum")
    count["is_none"] = count.value == "none"
    best = count.sort_values(["is_none", "own", "usual", "value"], ascending=[True, False, False, True])
    best = best.drop_duplicates(["customer_id", "attribute"])
    share = best.own / best.evidence_count
    strength = (best.own + PRIOR * best.share_of_shop) / (best.evidence_count + PRIOR)
    return best.assign(share=share, strength=strength)[
        ["customer_id", "attribute", "value", "share", "strength", "evidence_count"]
    ]


def promotions(facts: Facts) -> pd.DataFrame:
    """The same of promotions."""
    found = facts.offered.reset_index()
    found = found[found.offered > 0]
    share = found.promoted / found.spend
    strength = (found.orders * share + PRIOR * found.offered / found.spend) / (found.orders + PRIOR)
    above = (strength - found.offered / found.spend).round(6)
    value = np.select(
        [found.orders < 3, (above >= 0.2) & (found.promoted_orders >= 2), above <= -0.2],
        ["unknown", "seeker", "avoider"],
        default="neutral",
    )
    return found.assign(
        attribute="promotion", value=value, share=share, strength=strength, evidence_count=found.orders
    )[["customer_id", "attribute", "value", "share", "strength", "evidence_count"]]


def _once(lines: pd.DataFrame, attribute: str) -> pd.DataFrame:
    """An order speaks once for a value."""
    named = lines.dropna(subset="value").drop_duplicates(["order_id", "value"])
    return named.assign(attribute=attribute)


def _levels(lines: pd.DataFrame) -> np.ndarray:
    """In which third of its category's lines the middle of the lines at a price lies."""
    found = pd.Series(index=lines.index, dtype=object)
    for is_group, within in [
        *((lines.category == name, lines.category == name) for name in lines.category.dropna().unique()),
        (lines.category.isna(), pd.Series(True, index=lines.index)),
    ]:
        prices = np.sort(lines.unit_price[within].to_numpy())
        own = lines.unit_price[is_group].to_numpy()
        middle = (np.searchsorted(prices, own, "left") + np.searchsorted(prices, own, "right")) / 2
        found[is_group] = LEVELS[np.minimum((3 * middle / max(len(prices), 1)).astype(int), 2)]
    return found.to_numpy()


def _styles(facts: Facts) -> pd.DataFrame:
    """rational: looked at three times or a day before; impulsive: looked at later and less; others say nothing."""
    both = facts.kept.dropna(subset="product_id").merge(facts.views, on=["customer_id", "product_id"])
    before = both.ordered_at - both.viewed_at
    both = both[(before >= pd.Timedelta(0)) & (before <= pd.Timedelta(days=30))]
    lines = both.groupby(["order_item_id", "order_id", "customer_id", "ordered_at"], as_index=False).agg(
        views=("viewed_at", "size"), first=("viewed_at", "min")
    )
    is_rational = (lines.views >= 3) | (lines.ordered_at - lines["first"] >= pd.Timedelta(days=1))
    return lines.assign(value=np.where(is_rational, "rational", "impulsive"))


def _need(topic: str) -> str:
    """What the sample's topics are about."""
    if topic in ("delivery", "late_delivery"):
        return "delivery"
    return "after_sales" if topic in ("damage", "quality", "refund", "return", "wrong_item") else "none"
