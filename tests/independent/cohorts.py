"""Who came back, of those who joined in a month, from orders and registrations alone: purchase by purchase."""

from collections.abc import Iterator

import pandas as pd

from tests.independent.shops import Shop

PERIODS = {"month": None, "30d": 30, "90d": 90}
COMPARE_DAYS = 180


def members(shop: Shop) -> pd.DataFrame:
    """cohort_type, person, joined, cohort_month."""
    first = shop.purchase_days.groupby("person").date.min()
    found = pd.concat(
        [
            frame.rename("joined").rename_axis("person").reset_index().assign(cohort_type=name)
            for name, frame in (("first_order", first), ("registration", shop.registered))
        ]
    )
    return found.assign(cohort_month=found.joined.dt.to_period("M"))


def retention(shop: Shop) -> pd.DataFrame:
    """Every cohort and period that has begun: its size, how many of it bought, the rate, and when the period ends."""
    joined = members(shop)
    bought = joined.merge(shop.purchase_days, on="person")
    bought["days"] = (bought.date - bought.joined).dt.days
    bought["months"] = (
        (bought.date.dt.year - bought.joined.dt.year) * 12 + bought.date.dt.month - bought.joined.dt.month
    )
    known_from = shop.orders.date.min().to_period("M")
    rows = []
    for (cohort_type, month), cohort in joined.groupby(["cohort_type", "cohort_month"]):
        purchases = bought[(bought.cohort_type == cohort_type) & (bought.cohort_month == month)]
        for period_type, length in PERIODS.items():
            rows += [
                (cohort_type, month.start_time, period_type, number, len(cohort), *counted)
                for number, counted in _periods(shop.as_of, known_from, month, cohort, purchases, length)
            ]
    columns = ["cohort_type", "cohort_month", "period_type", "period_number", "cohort_size"]
    return pd.DataFrame(rows, columns=[*columns, "retained_count", "retention_rate", "is_complete", "period_end_date"])


def _periods(
    as_of: pd.Timestamp,
    known_from: pd.Period,
    month: pd.Period,
    cohort: pd.DataFrame,
    purchases: pd.DataFrame,
    length: int | None,
) -> Iterator[tuple[int, tuple]]:
    """Number, and what is told, of each period of one cohort until the first that nobody has begun."""
    number = 0 if length is None else 1
    buyers = purchases.person.to_numpy()
    after = (purchases.months if length is None else purchases.days).to_numpy()
    while True:
        if length is None:
            begins, ends = (month + number).start_time, (month + number).end_time.normalize()
            is_in = after == number
        else:
            begins = cohort.joined.min() + pd.Timedelta(days=length * (number - 1) + 1)
            ends = cohort.joined.max() + pd.Timedelta(days=length * number)
            is_in = (after > length * (number - 1)) & (after <= length * number)
        if begins > as_of:
            return
        if ends >= known_from.start_time:
            retained = len(set(buyers[is_in]))
            is_complete = ends <= as_of and begins >= known_from.start_time
            yield number, (retained, retained / len(cohort) if is_complete else None, is_complete, ends)
        number += 1


def second_orders(shop: Shop) -> pd.DataFrame:
    """By month of the first order: cohort_size, second_order_count, share_within_…_days, median_days."""
    days = shop.purchase_days
    first, second = (days.groupby("person").date.nth(n).set_axis(days.groupby("person").person.nth(n)) for n in (0, 1))
    gaps = (second - first).dt.days.reindex(first.index)
    rows = []
    for month, cohort in first.groupby(first.dt.to_period("M")):
        of_cohort = gaps[cohort.index]
        shares = {
            f"share_within_{days}_days": (of_cohort <= days).sum() / len(cohort)
            if cohort.max() + pd.Timedelta(days=days) <= shop.as_of
            else None
            for days in (30, 60, 90, 180, 365)
        }
        told = {"cohort_size": len(cohort), "second_order_count": of_cohort.count(), "median_days": of_cohort.median()}
        rows.append({"cohort_month": month.start_time, **told, **shares})
    return pd.DataFrame(rows)


def programme(shop: Shop, starts_on: pd.Timestamp) -> pd.DataFrame:
    """How many of those who joined before and after a start bought within so many days after the day of joining."""
    joined = members(shop)
    joined = joined[joined.joined >= shop.orders.date.min().replace(day=1)]
    bought = joined.merge(shop.purchase_days, on="person")
    rows = []
    for length in (30, 90):
        window, compared = pd.Timedelta(days=length), pd.Timedelta(days=COMPARE_DAYS)
        returned = bought[(bought.date > bought.joined) & (bought.date <= bought.joined + window)]
        is_over = {"before": joined.joined + window < starts_on, "after": joined.joined + window <= shop.as_of}
        is_near = {
            "before": joined.joined + window + compared >= starts_on,
            "after": (joined.joined >= starts_on) & (joined.joined < starts_on + compared),
        }
        for period in ("before", "after"):
            for cohort_type, cohort in joined[is_over[period] & is_near[period]].groupby("cohort_type"):
                back = returned[returned.cohort_type == cohort_type].person
                retained = cohort.person.isin(back).sum()
                rows.append((period, cohort_type, length, len(cohort), retained, retained / len(cohort)))
    columns = ["period", "cohort_type", "window_days", "cohort_size", "retained_count", "retention_rate"]
    return pd.DataFrame(rows, columns=columns)
