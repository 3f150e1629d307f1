"""A shop with too little to learn from is published all the same, by rules that say that they are rules."""

from decimal import Decimal
from io import StringIO
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from pipelines.folders import DataFolder
from pipelines.terminal.summary import show_summary
from tests.absent_feeds import assert_absent_feeds_leave_empty_tables
from tests.conftest import Run, run_night

ORDERS = "order_id,account_id,ordered_at,status,total\n"
CUSTOMERS = "account_id,registered_at,email\n"
SERVICE_AND_CAMPAIGNS = {
    "tickets": """\
ticket_id,account_id,opened_at,first_response_at,resolved_at,channel,level,topic,is_complaint,csat,order_id
1,a0,2026-05-31 23:30:00,2026-05-31 23:45:30,,human,technical,delivery,是,,o0
2,a0,2026-06-01 23:59:59,,,bot,line,size,否,,
3,nobody,2026-06-01 10:00:00,2026-06-01 09:00:00,2026-06-01 12:00:00,,,,,5,
4,a0,2026-06-02 00:00:00,,,bot,line,size,0,,
5,a0,2026-06-01 10:00:00,,,telephone,line,size,0,,
""",
    "feedback": """\
feedback_id,account_id,order_id,submitted_at,kind,score,text,topic,status,answered_at
1,a0,o0,2026-05-01 10:00:00,review,4.5,call me at 13912345678,delivery,to_improve,
2,a0,,2026-05-01 10:00:00,nps,9,,,,
""",
    "survey_preferences": """\
survey_response_id,account_id,asked_at,attribute,value
1,a0,2026-05-01 10:00:00,brand,Tea & Co
1,a0,2026-05-01 10:00:00,daypart,evening
""",
    "campaign_messages": """\
message_event_id,campaign_id,message_id,account_id,channel,event,occurred_at,is_machine_open
1,weekly,m1,a0,email,sent,2026-02-27 08:00:00,
2,weekly,m1,a0,email,delivered,2026-02-27 08:00:10,
3,weekly,m1,a0,email,opened,2026-02-27 08:00:11,true
4,weekly,m1,a0,email,clicked,2026-02-28 20:00:00,
5,weekly,m2,nobody,sms,sent,2026-02-28 08:00:00,
""",
    "consents": """\
consent_id,account_id,channel,is_granted,changed_at,source
1,a0,email,yes,2026-01-01 10:00:00,registration
""",
}

SETTINGS = """\
tiers: # ours
  senior_from: 110.5
  vip_above: 240
"""


def night_of(tmp_path: Path, customers: int) -> Run:
    """A shop of so many customers with one order each, in the last hundred days, and with tier limits of its own."""
    files = tmp_path / "files"
    files.mkdir()
    people = [f"a{number},2026-01-01 10:00:00,a{number}@example.com" for number in range(customers)]
    orders = [
        f"o{number},a{number},2026-{3 + number % 3:02d}-{1 + number % 28:02d} 12:00:00,paid,{100 + number}.50"
        for number in range(customers)
    ]
    (files / "customers.csv").write_text(CUSTOMERS + "\n".join(people) + "\n")
    (files / "orders.csv").write_text(ORDERS + "\n".join(orders) + "\n")
    for feed, rows in SERVICE_AND_CAMPAIGNS.items():
        (files / f"{feed}.csv").write_text(rows)
    home = tmp_path / "data"
    home.mkdir()
    (home / "shop.yml").write_text(SETTINGS)
    return run_night(home, {"sources": {"sample": str(files)}, "as_of": "2026-06-01"})


@pytest.mark.wide
def test_sums_of_a_shop_that_counts_in_millions_are_exact(tmp_path: Path) -> None:
    """Amounts near what contracts believe: money below 10^11, prices below 10^9, rates in the ten thousands."""
    files, home = tmp_path / "files", tmp_path / "data"
    files.mkdir()
    home.mkdir()
    people = [f"a{number},2026-01-01 10:00:00,a{number}@example.com" for number in range(20)]
    orders, lines, paid = [], [], Decimal(0)
    for number in range(40):
        price = Decimal(900_000_000) - number
        shipping = Decimal("1234567.89")
        dollars = number % 4 == 0
        amounts = f"{50_000 + number}.25" if dollars else f"{3 * price + shipping}"
        paid += Decimal(amounts) * 16_345 if dollars else Decimal(amounts)
        orders.append(
            f"o{number},a{number % 20},2026-0{1 + number % 5}-1{number % 10} 12:00:00,paid,{amounts},"
            f"{0 if dollars else shipping},{'USD' if dollars else ''},{'MAY' if number % 2 else ''}"
        )
        if not dollars:
            lines += [f"o{number}-1,o{number},p1,2,{price}", f"o{number}-2,o{number},p2,1,{price}"]
    lines.append("o1-3,o1,p1,999999,999999.99")  # nobody's: it is kept out, and the rest counted
    (files / "customers.csv").write_text(CUSTOMERS + "\n".join(people) + "\n")
    header = "order_id,account_id,ordered_at,status,total,shipping,currency,coupon_code\n"
    (files / "orders.csv").write_text(header + "\n".join(orders) + "\n")
    (files / "order_items.csv").write_text(
        "order_item_id,order_id,product_id,quantity,unit_price\n" + "\n".join(lines) + "\n"
    )
    (home / "exchange_rates.csv").write_text("currency,valid_from,rate\nUSD,2026-01-01,16345\n")
    run = run_night(home, {"sources": {"sample": str(files)}, "as_of": "2026-06-01"})
    assert run.outcome.is_success, run.outcome
    with duckdb.connect(str(run.published), read_only=True) as connection:
        [(orders_sum, lines_sum, gini)] = connection.execute(
            """
            select (select sum(net_sales) from marts.dim_customers), sum(total_amount),
                (select max(gini) from marts.sales_concentration)
            from marts.fct_order_items
            """
        ).fetchall()
        kept_out = connection.execute("select row_number, reason, column_name from ops.quarantined_rows").fetchall()
        seekers = connection.execute("select promotion, count(*) from marts.customer_360 group by all").fetchall()
    assert kept_out == [(61, "breaks_a_rule", "unit_price")]
    assert orders_sum == paid
    assert lines_sum == paid - sum(Decimal(f"{50_000 + number}.25") * 16_345 for number in range(0, 40, 4))
    assert 0 < gini < 1
    assert seekers == [("unknown", 20)]  # two purchases each


@pytest.mark.parametrize(
    "customers", [pytest.param(1, marks=pytest.mark.slow), pytest.param(150, marks=pytest.mark.wide)]
)
def test_a_shop_where_nobody_has_bought_twice_is_published(tmp_path: Path, customers: int) -> None:
    run = night_of(tmp_path, customers)
    assert run.outcome.is_success, run.outcome
    with duckdb.connect(str(run.published), read_only=True) as connection:
        counts = connection.execute("""
            select
                (select count(*) from marts.customer_360),
                (select count(*) from marts.customer_value where method = 'plain_ratio'),
                (select count(*) from marts.customer_churn where method = 'hazard'),
                (select count(*) from ml.model_metrics where candidate = 'gradient_boosting' or model <> 'churn'),
                (select typeof(any_value(as_of_date)) from marts.customer_value)
        """).fetchall()
    assert counts == [(customers, customers, customers, 0, "DATE")]
    assert_tiers_are_the_shops_own(run)
    assert_service_and_campaigns_are_as_landed(run)
    assert any("plain ratio" in note for note in run.outcome.notes)
    console = Console(file=StringIO(), width=120)
    show_summary(console, DataFolder(run.home), run.outcome, 1)
    assert "Lifetime value (plain_ratio)" in console.file.getvalue()
    assert str(run.published) in console.file.getvalue()


def assert_tiers_are_the_shops_own(run: Run) -> None:
    with duckdb.connect(str(run.published), read_only=True) as connection:
        spent = connection.execute("select value_tier, net_sales_12m from marts.customer_tiers").fetchall()
    for tier, net_sales in spent:
        assert tier == ("vip" if net_sales > 240 else "senior" if float(net_sales) >= 110.5 else "regular")
    assert SETTINGS in (run.home / "shop.yml").read_text()
    assert "currency: CNY" in (run.home / "shop.yml").read_text()


def assert_service_and_campaigns_are_as_landed(run: Run) -> None:
    """Each on its business day, whose it is where that is known; and nobody's own words."""
    with duckdb.connect(str(run.published), read_only=True) as connection:
        tickets = connection.execute("""
            select ticket_id, customer_id is not null, order_id, cast(opened_date as varchar), channel, level,
                is_complaint, csat, first_response_minutes, resolution_hours
            from marts.fct_tickets order by ticket_id
        """).fetchall()
        feedback = connection.execute(
            "select feedback_id, customer_id is not null, order_id, kind, cast(score as double), topic, status"
            " from marts.fct_feedback order by feedback_id"
        ).fetchall()
        messages = connection.execute("""
            select message_id, customer_id is not null, cast(sent_date as varchar), is_machine_open,
                opened_by_person_at, hour(clicked_at), order_id
            from marts.fct_campaign_messages order by message_id
        """).fetchall()
        refused = connection.execute("select feed, row_number, column_name from ops.quarantined_rows").fetchall()
    assert tickets == [
        ("sample:1", True, "sample:o0", "2026-05-31", "human", "technical", True, None, 15.5, None),
        ("sample:2", True, None, "2026-06-01", "bot", "line", False, None, None, None),
        ("sample:3", False, None, "2026-06-01", "unknown", "unknown", False, 5, None, 2.0),
    ]
    assert feedback == [
        ("sample:1", True, "sample:o0", "review", 4.5, "delivery", "to_improve"),
        ("sample:2", True, None, "nps", 9.0, "unknown", "none"),
    ]
    assert messages == [
        ("sample:m1", True, "2026-02-27", True, None, 12, "sample:o0"),
        ("sample:m2", False, "2026-02-28", False, None, None, None),
    ]
    assert refused == [("tickets", 5, "channel")]
    assert b"13912345678" not in run.published.read_bytes()


@pytest.mark.wide
def test_a_shop_with_the_two_obligatory_feeds_alone_is_published(tmp_path: Path) -> None:
    from pipelines.landing.contracts import load_contracts
    from pipelines.sample.generator import generate

    files = tmp_path / "files"
    generate(files, customers=250, days=400, seed=7)
    absent = [feed for feed, contract in load_contracts().items() if not contract.is_required]
    for feed in absent:
        for file in files.glob(f"{feed}*"):
            file.unlink()
    run = run_night(tmp_path / "data", {"sources": {"sample": str(files)}, "as_of": "2026-06-30"})
    assert run.outcome.is_success, run.told()
    assert_absent_feeds_leave_empty_tables(run, *absent)
