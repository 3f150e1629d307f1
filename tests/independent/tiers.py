"""Value tiers and how far sales hang on few customers, from orders alone."""

import numpy as np
import pandas as pd

from tests.independent.shops import Shop

SENIOR_FROM, VIP_ABOVE, PLATINUM_ABOVE, DIAMOND_ABOVE = 100_000, 500_000, 1_000_000, 2_000_000


def tiers(shop: Shop) -> pd.DataFrame:
    """By person: net_sales_12m (cents), order_count_12m, value_tier, vip_level."""
    recent = shop.sales[shop.sales.date > shop.as_of - pd.DateOffset(months=12)].groupby("person")
    found = pd.DataFrame({"net_sales_12m": recent.cents.sum(), "order_count_12m": recent.is_purchase.sum()})
    found = found.reindex(shop.people, fill_value=0)
    spent = found.net_sales_12m
    found["value_tier"] = tier_of(spent)
    found["vip_level"] = np.select(
        [spent <= VIP_ABOVE, spent <= PLATINUM_ABOVE, spent <= DIAMOND_ABOVE], ["none", "gold", "platinum"], "diamond"
    )
    return found


def tier_of(spent: pd.Series) -> np.ndarray:
    return np.select([spent > VIP_ABOVE, spent >= SENIOR_FROM], ["vip", "senior"], "regular")


def concentration(shop: Shop) -> pd.DataFrame:
    """scope, segment, customer_count, customer_share, net_sales (cents), sales_share, gini."""
    found = tiers(shop)
    paid = np.sort(found.net_sales_12m[found.net_sales_12m > 0].to_numpy())
    n, total = len(paid), int(paid.sum())
    gini = 2 * sum(i * int(x) for i, x in enumerate(paid, 1)) / (n * total) - (n + 1) / n
    rows = []
    for tier, members in found.groupby("value_tier"):
        spent = int(members.net_sales_12m.sum())
        rows.append(("tier", tier, len(members), len(members) / len(found), spent, spent / found.net_sales_12m.sum()))
    for percentile in range(1, 101):
        members = paid[[100 * before // n + 1 == percentile for before in range(n)]]
        if len(members):
            spent = int(members.sum())
            rows.append(("percentile", f"p{percentile:02}", len(members), len(members) / n, spent, spent / total))
    for percent in (1, 5, 10, 20):
        members = paid[-(-n * percent // 100) * -1 :]
        spent = int(members.sum())
        rows.append(("top_share", f"top_{percent}", len(members), len(members) / n, spent, spent / total))
    columns = ["scope", "segment", "customer_count", "customer_share", "net_sales", "sales_share"]
    return pd.DataFrame(rows, columns=columns).assign(gini=gini)
