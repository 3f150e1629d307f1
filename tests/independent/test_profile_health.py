"""How full and how fresh profiles are, and how good the data, worked out once more in plain pandas from what landed."""

import duckdb
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from tests.conftest import Run

AS_OF = pd.Timestamp("2026-06-30")
ZONE = "Asia/Shanghai"
STATED = ["name", "email_normalized", "phone_normalized", "address", "birth_date", "gender", "province", "city"]


@pytest.fixture(scope="module")
def tables(first_night: Run) -> dict[str, pd.DataFrame]:
    queries = {
        "accounts": "select source_name || ':' || account_id as account_key, * from raw.customers",
        "guests": """
            select account_key, guest_email_normalized as email_normalized,
                guest_phone_normalized as phone_normalized, ordered_at
            from staging.stg_orders where is_guest and account_key is not null
        """,
        "messages": """
            select account_key, event_type, occurred_at, is_machine_open from staging.stg_campaign_messages
            where channel = 'email'
        """,
        "owners": "select account_key, customer_id from intermediate.int_customer_accounts",
        "customers": """
            select customer_id, profile_completeness, freshness_days, next_confirmation_date from marts.dim_customers
        """,
        "identifiers": """
            select identifier_type, identifier_value, account_key from intermediate.int_account_identifiers
        """,
        "orders": "select order_id, customer_id from marts.fct_orders",
        "measures": "from marts.data_quality",
    }
    with duckdb.connect(str(first_night.home / "warehouse" / "guanxi.duckdb"), read_only=True) as connection:
        return {name: connection.execute(query).df() for name, query in queries.items()}


def confirmed(tables: dict[str, pd.DataFrame]) -> pd.Series:
    """The last instant at which each account's contacts were confirmed."""
    accounts, messages = tables["accounts"], tables["messages"]
    is_machine = messages.is_machine_open.fillna(False).astype(bool)
    read = messages[(messages.event_type == "clicked") | ((messages.event_type == "opened") & ~is_machine)]
    told = [
        accounts.set_index("account_key").updated_at.fillna(accounts.set_index("account_key").registered_at),
        tables["guests"].set_index("account_key").ordered_at,
        read.set_index("account_key").occurred_at,
    ]
    return pd.concat(told).groupby(level=0).max()


def profiles(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Each customer's health, from all accounts together."""
    stated = pd.concat([tables["accounts"][["account_key", *STATED]], tables["guests"]]).merge(
        tables["owners"], on="account_key", how="right"
    )
    filled = stated[STATED].notna().groupby(stated.customer_id).any().mean(axis=1)
    owner = tables["owners"].set_index("account_key").customer_id
    newest = confirmed(tables).rename(owner).groupby(level=0).max().reindex(filled.index)
    days = newest.dt.tz_localize("UTC").dt.tz_convert(ZONE).dt.tz_localize(None).dt.normalize()
    return pd.DataFrame(
        {
            "profile_completeness": filled,
            "freshness_days": (AS_OF - days).dt.days,
            "next_confirmation_date": days + pd.Timedelta(days=365),
        }
    ).reset_index()


def test_every_profile_is_as_full_and_as_fresh_as_what_landed(tables: dict[str, pd.DataFrame]) -> None:
    expected = profiles(tables)
    assert expected.freshness_days.min() >= 0
    assert expected.profile_completeness.nunique() > 4
    assert (expected.next_confirmation_date <= AS_OF).sum() > 50
    found = tables["customers"].sort_values("customer_id", ignore_index=True)
    assert_frame_equal(found, expected.sort_values("customer_id", ignore_index=True), check_dtype=False)


def test_every_measure_of_the_data_is_what_landed(tables: dict[str, pd.DataFrame]) -> None:
    accounts, owners = tables["accounts"], tables["owners"]
    sizes = owners.customer_id.value_counts()
    held = tables["identifiers"].groupby(["identifier_type", "identifier_value"]).account_key.nunique()
    limits = held.index.get_level_values("identifier_type").map({"landline": 20}).fillna(5)
    health = profiles(tables)
    reachable = accounts.email_normalized.notna() | accounts.phone_normalized.notna()
    expected = {
        "collection_rate": reachable.mean(),
        "coverage": tables["orders"].customer_id.notna().mean(),
        "invalid_email_share": accounts.email_normalized.isna().mean(),
        "masked_email_count": (accounts.email_normalized.isna() & accounts.email.str.contains("*", regex=False)).sum(),
        "duplicates": len(owners) - len(sizes),
        "consolidation_rate": 1 - len(sizes) / len(owners),
        "overshared_identifier_count": (held > limits).sum(),
        "largest_customer_accounts": sizes.max(),
        "profile_completeness": health.profile_completeness.mean(),
        "due_for_confirmation_share": (health.next_confirmation_date <= AS_OF).sum() / health.freshness_days.count(),
    }
    found = tables["measures"].set_index("measure").value[list(expected)]
    assert found.to_dict() == pytest.approx(expected)
