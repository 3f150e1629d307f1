"""Whom one may write to, worked out in plain pandas statement by statement from what the files said. Reads no table."""

from collections.abc import Iterator

import pandas as pd

CHANNELS = ["email", "sms", "push", "on_site", "wechat", "other"]


def history(consents: pd.DataFrame, messages: pd.DataFrame, customer_of: pd.Series) -> pd.DataFrame:
    """customer_id, channel, changed_at, next_changed_at, is_granted, source: what changes the answer begins one.

    `customer_of` is the customer by account_key; `consents` and `messages` are the rows of the feeds with that key.
    """
    said = consents[["account_key", "channel", "changed_at", "is_granted", "source"]]
    unsubscribed = messages[messages.event == "unsubscribed"].rename(columns={"occurred_at": "changed_at"})
    taken_back = unsubscribed[["account_key", "channel", "changed_at"]].assign(is_granted=False, source="unsubscribe")
    every = pd.concat([said.fillna({"source": "unknown"}), taken_back])
    every = every.assign(customer_id=every.account_key.map(customer_of)).dropna(subset="customer_id")
    columns = ["customer_id", "channel", "changed_at", "next_changed_at", "is_granted", "source"]
    return pd.DataFrame(list(_periods(every)), columns=columns)


def _periods(statements: pd.DataFrame) -> Iterator[tuple]:
    """One customer's and channel's statements told one after the other; at one instant the refusal comes first."""
    ordered = statements.sort_values(["changed_at", "is_granted", "source"])
    for (customer, channel), group in ordered.groupby(["customer_id", "channel"]):
        answers: list[tuple] = []
        first_of_each = group.drop_duplicates("changed_at")
        for at, granted, source in first_of_each[["changed_at", "is_granted", "source"]].itertuples(index=False):
            if not answers or granted != answers[-1][1]:
                answers.append((at, granted, source))
        ends = [at for at, *_ in answers[1:]] + [pd.NaT]
        for (at, granted, source), end in zip(answers, ends, strict=True):
            yield customer, channel, at, end, granted, source


def present(periods: pd.DataFrame, customers: pd.Index) -> pd.DataFrame:
    """customer_id, channel, is_granted, changed_at, source: of every customer for every channel."""
    last = periods[periods.next_changed_at.isna()].set_index(["customer_id", "channel"])
    whole = last.reindex(pd.MultiIndex.from_product([customers, CHANNELS], names=["customer_id", "channel"]))
    whole = whole[["is_granted", "changed_at", "source"]]
    whole["is_granted"] = whole.is_granted.eq(True)
    return whole.fillna({"source": "none"}).reset_index()
