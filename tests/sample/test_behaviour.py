"""What people do in the shop: more before a purchase, less before they leave, nearly nothing after."""

from datetime import date

import numpy as np
import pytest

from pipelines.sample.catalogue import draw_catalogue
from pipelines.sample.clock import Window
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.parameters import Parameters
from pipelines.sample.people import Population, draw_people, open_accounts
from pipelines.sample.purchases import draw_lives
from pipelines.sample.sales import sell
from pipelines.sample.visits import HABIT, draw_visits

DAYS, DAY = 730, 86_400
OF_PERSONS = """(select events.*, person_id from events join identities
    on identity = account_id and identity_kind = 'account')"""


def test_views_rise_in_the_days_before_a_purchase(shop):
    near, far = shop.connection.execute(
        f"""select
            count(*) filter (where occurred_at > moment - interval 3 day) / 3.0,
            count(*) filter (where occurred_at <= moment - interval 20 day) / 10.0
        from sound_orders join {OF_PERSONS} as viewed using (person_id)
        where is_paid and viewed.type = 'view' and occurred_at between moment - interval 30 day
            and moment - interval 1 hour"""
    ).fetchall()[0]
    assert near > 2 * far > 0


def test_plain_visits_fade_before_people_leave_and_stop_after():
    rng = np.random.default_rng(1)
    invented = InventedShop(20_000, Window(DAYS, date(2026, 6, 30)), Parameters(), draw_catalogue(rng))
    lives, orders = draw_lives(rng, 20_000, DAYS, invented.shop)
    people = draw_people(rng, lives, 0, 20_000, invented.shop)
    population = Population(lives, people, open_accounts(rng, people, lives, DAYS))
    visits = draw_visits(rng, population, sell(rng, 1, orders, population, invented), invented)
    habit = (visits.purpose == HABIT) & (visits.person >= 0)
    position = (visits.ends[habit] - invented.window.start_seconds) / DAY
    leaves = np.where(lives.leaves_suddenly, np.nan, lives.dropout)
    after = position - leaves[visits.person[habit]]

    def visits_a_day(start: float, end: float) -> float:
        watched = (leaves + start >= lives.registered) & (leaves + end <= DAYS)
        seen = watched[visits.person[habit]] & (after >= start) & (after < end)
        return seen.sum() / watched.sum() / (end - start)

    steady = visits_a_day(-90, -42)
    assert visits_a_day(-14, 0) == pytest.approx(0.29 * steady, rel=0.25)
    assert visits_a_day(1, 20) < 0.15 * steady
    assert visits_a_day(40, 150) < 0.01 * steady


def test_the_log_is_nearly_silent_after_people_left(shop):
    of_leavers = f"""from persons join {OF_PERSONS} as seen using (person_id)
        where dropout_at < timestamp '2026-03-01' and registered_at < dropout_at - interval 60 day"""
    before = shop.value(
        f"select count(*) {of_leavers} and occurred_at between dropout_at - interval 60 day and dropout_at"
    )
    after = shop.value(
        f"""select count(*) {of_leavers} and occurred_at between dropout_at + interval 7 day
        and dropout_at + interval 67 day"""
    )
    assert before > 5_000
    # What is left are attempts to order that came to nothing.
    assert after < 0.01 * before


def test_a_purchase_leaves_one_purchase_event_at_its_moment(shop):
    assert shop.value("select count(*) from events where type = 'purchase'") == shop.truth.counts["orders_paid"]
    given_up = """select count(*) from sound_orders
        semi join (select * from events where type = 'cancel') as left_it
            on occurred_at = moment and left_it.account_id is not distinct from nullif(sound_orders.account_id, '')
        where status = 'pending'"""  # in the last night, which a shop that goes on tells of in the next one
    cancelled = shop.truth.counts["orders_cancelled"] + shop.value(given_up)
    assert shop.value("select count(*) from events where type = 'cancel'") == cancelled
    apart = """select count(*) from sound_orders
        anti join (select * from events where type = 'purchase') as bought
            on occurred_at = moment and bought.account_id = sound_orders.account_id
        where is_paid and sound_orders.account_id <> ''"""
    assert shop.value(apart) == 0


def test_event_ids_are_unique_and_sessions_belong_to_one_device(shop):
    assert shop.value("select count(*) - count(distinct event_id) from events") == 0
    shared = "select count(*) from (select session_id from events group by 1 having count(distinct anonymous_id) > 1)"
    assert shop.value(shared) == 0
    assert shop.value("select max(n) from (select count(*) as n from events group by session_id)") < 30


def test_a_device_is_one_persons(shop):
    shared = f"""select count(*) from (select anonymous_id from {OF_PERSONS} group by anonymous_id
        having count(distinct person_id) > 1)"""
    assert shop.value(shared) == 0


def test_anonymous_events_have_a_device_but_no_log_in(shop):
    share = shop.value("select avg((account_id is null)::int) from events")
    assert share == pytest.approx(0.23, abs=0.05)
    assert shop.value("select count(*) from events where anonymous_id is null") == 0
    assert shop.value("select count(*) from events where account_id is null and type = 'login'") == 0


def test_nobody_is_seen_in_an_account_before_it_is_opened_nor_outside_the_window(shop):
    early = """select count(*) from events join customers using (account_id)
        where occurred_at < registered_at::timestamp"""
    assert shop.value(early) == 0
    outside = "occurred_at < '2024-07-01' or occurred_at >= '2026-07-01'"
    assert shop.value(f"select count(*) from events where {outside}") == 0


def test_products_and_searches_are_named_where_they_belong(shop):
    named = """select count(*) from events where (type = 'search') <> (search_query is not null)
        or (type in ('login', 'search')) <> (product_id is null)"""
    assert shop.value(named) == 0
    assert shop.value("select count(*) from events anti join products using (product_id) where product_id <> ''") == 0


def test_an_active_customer_leaves_some_dozens_of_events_a_year(shop):
    years = shop.value(
        """select sum(date_diff('second', registered_at, coalesce(dropout_at, timestamp '2026-07-01'))) / 86400 / 365
        from persons where first_purchase_at is not null"""
    )
    assert 20 < shop.value("select count(*) from events where account_id is not null") / years < 50


def test_a_few_people_log_in_more_than_ten_times_a_month(shop):
    eager = f"""select count(*) from (select person_id from {OF_PERSONS} where type = 'login'
        and occurred_at >= '2026-06-01' group by person_id having count(*) > 10)"""
    assert 3 <= shop.value(eager) <= 0.01 * shop.truth.customers


def test_some_look_around_before_they_log_in_or_register(shop):
    in_one_visit = """select count(*) from (select session_id from events group by session_id
        having min(occurred_at) filter (account_id is null) < min(occurred_at) filter (type = 'login')
        and count(account_id) > 0)"""
    assert shop.value(in_one_visit) > 1_000
    back = """select count(*) from (select session_id from events group by session_id
        having max(occurred_at) filter (account_id is null) > min(occurred_at) filter (account_id is not null))"""
    assert shop.value(back) == 0
    before = f"""with known as (
            select anonymous_id, min(registered_at::timestamp) as registered_at
            from {OF_PERSONS} join customers using (account_id) group by anonymous_id
        )
        select count(distinct session_id) from events join known using (anonymous_id)
        where occurred_at < known.registered_at"""
    assert shop.value(before) > 1_000


def test_a_device_is_one_kind_of_device_and_people_have_one_they_like_best(shop):
    kinds = "select count(*) from (select anonymous_id from events group by 1 having count(distinct device) > 1)"
    assert shop.value(kinds) == 0
    ordered = """select avg((orders.device = favourite_device)::int) from sound_orders as orders
        join persons using (person_id) where device <> ''"""
    assert shop.value(ordered) == pytest.approx(0.87, abs=0.03)


def test_words_are_searched_for_by_many_and_by_few_and_sometimes_bought(shop):
    searched = """select count(distinct anonymous_id) as visitors from events where type = 'search'
        group by lower(trim(search_query))"""
    visitors = shop.column(searched)
    assert min(visitors) < 3 < 500 < max(visitors)
    bought = """select count(*) from (select session_id from events group by session_id
        having bool_or(type = 'search') and bool_or(type = 'purchase'))"""
    assert shop.value(bought) > 1_000


def test_some_visits_last_over_midnight_and_visits_come_from_everywhere(shop):
    over = """select count(*) from (select session_id from events group by session_id
        having min(occurred_at)::date < max(occurred_at)::date)"""
    assert shop.value(over) > 20
    assert shop.value("select count(distinct referrer) from events") == 6
    assert shop.value("select avg((referrer is null)::int) from events") == pytest.approx(0.25, abs=0.02)
