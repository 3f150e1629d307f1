"""RFM at the end of every month and tonight, by ranks and by thresholds, and who moved why, from orders alone."""

import numpy as np
import pandas as pd

from tests.independent.shops import Shop

RECENT_DAYS, LAPSING_DAYS = 180, 365
GROUPS = {
    "champions": "333 332 323",
    "loyal": "321 322 331 232 233",
    "recent": "312 313 311 222 223",
    "needs_attention": "213 221 123 132 133",
    "at_risk": "231 212 122 131 211",
    "inactive": "111 112 113 121",
}
GROUP_OF = {code: group for group, codes in GROUPS.items() for code in codes.split()}


def days(shop: Shop) -> list[pd.Timestamp]:
    """The ends of months from the first sale's on, and tonight."""
    ends = pd.date_range(shop.sales.date.min(), shop.as_of, freq="ME")
    return sorted({*ends, shop.as_of})


def buyers(shop: Shop, day: pd.Timestamp) -> pd.DataFrame:
    """By person with a purchase by then: order_count, cents, recency (days)."""
    known = shop.sales[shop.sales.date <= day]
    found = known.groupby("person").agg(order_count=("is_purchase", "sum"), cents=("cents", "sum"))
    found["recency"] = (day - known[known.is_purchase].groupby("person").date.max()).dt.days
    return found[found.order_count > 0]


def thirds(values: pd.Series) -> tuple[float, float]:
    """What the ceil(n/3)-th and the ceil(2n/3)-th have, of the values in rising order."""
    rising, n = np.sort(values.to_numpy()), len(values)
    return (rising[-(-n // 3) - 1], rising[-(-2 * n // 3) - 1]) if n else (np.inf, np.inf)


def thresholds(known: pd.DataFrame) -> dict[str, tuple[float, float]]:
    paying = known[known.cents > 0]
    return {"order_count": thirds(paying.order_count), "cents": thirds(paying.cents)}


def codes(known: pd.DataFrame, limits: dict[str, tuple[float, float]]) -> pd.Series:
    """Levels as one text, 333; who was given all back has the lowest of frequency and monetary value."""
    recency = np.select([known.recency <= RECENT_DAYS, known.recency <= LAPSING_DAYS], [3, 2], 1)
    levels = {
        name: np.where(known.cents > 0, 1 + (known[name] > low).astype(int) + (known[name] > high).astype(int), 1)
        for name, (low, high) in limits.items()
    }
    return pd.Series(recency * 100 + levels["order_count"] * 10 + levels["cents"], known.index).astype(str)


def codes_by_rank(known: pd.DataFrame) -> pd.Series:
    """The same as it was first defined: 1 + floor(3 b / n), b of the n paying buyers come strictly before."""
    paying = known[known.cents > 0]
    ranks = {
        name: (1 + 3 * (paying[name].rank(method="min") - 1) // len(paying)).reindex(known.index, fill_value=1)
        for name in ("order_count", "cents")
    }
    recency = np.select([known.recency <= RECENT_DAYS, known.recency <= LAPSING_DAYS], [3, 2], 1)
    return (recency * 100 + ranks["order_count"] * 10 + ranks["cents"]).astype(int).astype(str)


def segments(known: pd.DataFrame) -> pd.Series:
    """Scheme B: by fifths of all buyers."""

    def fifth(values: pd.Series) -> pd.Series:
        return 1 + 5 * (values.rank(method="min") - 1) // len(values)

    recency, score = fifth(-known.recency), (fifth(known.order_count) + fifth(known.cents)) / 2
    band = np.select([score >= 4, score >= 3, score >= 2], [3, 2, 1], 0)
    names = {
        5: ["new_customers", "potential_loyalists", "loyal", "champions"],
        4: ["promising", "potential_loyalists", "loyal", "champions"],
        3: ["about_to_sleep", "needs_attention", "loyal", "loyal"],
        2: ["lost", "hibernating", "at_risk", "at_risk"],
        1: ["lost", "hibernating", "at_risk", "cannot_lose"],
    }
    return pd.Series([names[int(fifth)][place] for fifth, place in zip(recency, band, strict=True)], known.index)


def history(shop: Shop) -> pd.DataFrame:
    """Every move: person, day, month, from_group, to_group, at_last (the group by what was needed the time before)."""
    moves = []
    before, last_limits = pd.Series(dtype=object), None
    for day in days(shop):
        known = buyers(shop, day)
        limits = thresholds(known)
        now = codes(known, limits).map(GROUP_OF)
        found = pd.DataFrame({"to_group": now, "from_group": before.reindex(now.index).fillna("none")})
        found["at_last"] = codes(known, last_limits or limits).map(GROUP_OF)
        found["day"], found["month"] = day, day.replace(day=1)
        moves.append(found[found.to_group != found.from_group])
        before, last_limits = now, limits
    return pd.concat(moves).rename_axis("person").reset_index()


def migrations(moves: pd.DataFrame) -> pd.DataFrame:
    """month, from_group, to_group, customer_count, behaviour_count, threshold_count."""
    counted = moves.assign(is_drift=moves.at_last == moves.from_group).groupby(["month", "from_group", "to_group"])
    found = counted.is_drift.agg(customer_count="size", threshold_count="sum").reset_index()
    return found.assign(behaviour_count=found.customer_count - found.threshold_count)


def periods(shop: Shop, moves: pd.DataFrame) -> pd.DataFrame:
    """person, segment, valid_from, valid_to: none from the first day on, then every group moved into."""
    begun = shop.since.rename("valid_from").rename_axis("person").reset_index().assign(segment="none")
    moved = moves.rename(columns={"day": "valid_from", "to_group": "segment"})
    found = pd.concat([begun, moved])[["person", "segment", "valid_from"]]
    # whoever bought on the first day, and that a month's last, was never without a group
    found = found.drop_duplicates(["person", "valid_from"], keep="last").sort_values(["person", "valid_from"])
    found["valid_to"] = found.groupby("person").valid_from.shift(-1)
    return found
