"""What the generator says of its shop is what an independent reading of the files finds."""

import json
from decimal import Decimal

import pytest

FEEDS = (
    *("customers", "orders", "order_items", "products", "events"),
    *("tickets", "feedback", "survey_preferences", "consents", "campaign_messages"),
)


@pytest.mark.parametrize("feed", FEEDS)
def test_rows_are_keys_older_versions_duplicates_and_broken_rows(shop, feed):
    truth = shop.truth
    unreadable = shop.unreadable.get(feed, 0)
    assert truth.rows[feed] == shop.value(f"select count(*) from {feed}_rows") + unreadable
    assert truth.keys[feed] == shop.value(f"select count(*) from {feed}")
    sound = shop.value(f"select count(*) from {feed}_rows where reason is null")
    different = shop.value(f"select count(*) from (select distinct * from {feed}_rows where reason is null)")
    assert truth.duplicates[feed] == sound - different
    assert truth.older_versions[feed] == different - truth.keys[feed]


@pytest.mark.parametrize("feed", FEEDS)
def test_every_broken_row_is_foretold_with_its_reason(shop, feed):
    query = f"select reason, count(*) from {feed}_rows where reason is not null group by reason"
    found = dict(shop.connection.execute(query).fetchall())
    if shop.unreadable.get(feed):
        found["unreadable_row"] = shop.unreadable[feed]
    assert found == shop.truth.quarantined[feed]
    assert sum(found.values()) > 0


def test_every_kind_of_dirt_is_there(shop):
    missing = {name for name, count in shop.truth.counts.items() if not count}
    drives_away = shop.truth.parameters["series_drives_away"] > 0
    assert missing == (set() if drives_away else {f"persons_driven_away_by_{cause}" for cause in ("service", "mail")})
    assert all(shop.truth.duplicates[feed] > 0 for feed in FEEDS if feed != "products")


def test_orders_are_counted_by_what_became_of_them(shop):
    counts = shop.truth.counts
    by_status = dict(shop.connection.execute("select status, count(*) from orders group by status").fetchall())
    assert counts["orders"] == sum(by_status.values())
    for status in ("cancelled", "pending", "returned"):
        assert counts[f"orders_{status}"] == by_status[status]
    assert counts["orders_paid"] == counts["orders"] - by_status["cancelled"] - by_status["pending"]
    assert counts["orders_of_guests"] == shop.value("select count(*) from orders where account_id = ''")
    assert counts["orders_with_coupon"] == shop.value("select count(*) from orders where discount::decimal(18, 2) > 0")


def test_money_is_what_the_files_add_up_to(shop):
    paid = shop.value("select sum(total::decimal(18, 2)) from sound_orders where is_paid")
    refunds = shop.value(
        """select sum((quantity::int * unit_price::decimal(18, 4) - order_items.discount::decimal(18, 2))
            * refunded_quantity::int / quantity::int)
        from order_items join sound_orders using (order_id) where is_paid"""
    )
    assert shop.truth.paid_sales == paid
    assert shop.truth.refunds == Decimal(refunds).quantize(Decimal("0.01"))
    assert shop.truth.paid_net_sales == shop.value("select sum(net_sales) from persons")


def test_people_are_counted_by_their_accounts(shop):
    counts = shop.truth.counts
    assert counts["persons"] == shop.value("select count(*) from persons")
    assert counts["accounts"] == shop.value("select count(*) from customers")
    assert counts["persons_guest_only"] == shop.value("select count(*) filter (where is_guest_only) from persons")
    per_person = "select count(*) as n from identities where identity_kind = 'account' group by person_id"
    assert counts["persons_with_several_accounts"] == shop.value(f"select count(*) filter (n > 1) from ({per_person})")
    assert counts["persons_with_three_accounts"] == shop.value(f"select count(*) filter (n = 3) from ({per_person})")


def test_bad_and_blocked_contacts_are_counted(shop):
    counts = shop.truth.counts
    email = "trim(lower(email))"
    is_address = f"regexp_full_match({email}, '[^@ ]+@[^@ ]+\\.[^@ ]+')"
    bad = f"select count(*) from customers where {email} not in ('', 'null') and not {is_address}"
    assert counts["accounts_with_bad_email"] == shop.value(bad)
    blocked = f"select count(*) from customers where {email} = 'null' or phone = '00000000000'"
    assert counts["accounts_with_blocked_contact"] == shop.value(blocked)
    shared = """select sum(n) from (select count(*) as n from customers
        where phone not in ('', '00000000000') group by phone having count(*) > 5)"""
    assert counts["accounts_with_shared_phone"] == shop.value(shared)


def test_the_json_says_the_same(shop):
    written = json.loads((shop.folder / "truth" / "truth.json").read_text(encoding="utf-8"))
    assert Decimal(written["paid_net_sales"]) == shop.truth.paid_net_sales
    assert written["until"] == "2026-06-30"
    assert written["first_date"] == "2024-07-01"
    for name in ("rows", "keys", "duplicates", "older_versions", "quarantined", "counts", "parameters"):
        assert written[name] == getattr(shop.truth, name)
