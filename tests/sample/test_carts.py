"""Carts as counted one step after the other in the files are those that the truth tells of."""

from datetime import timedelta

from tests.sample.conftest import SampleShop

LIFE, RESCUE = timedelta(days=1), timedelta(days=3)
OF_PERSONS = """(select events.*, person_id from events join identities
    on identity = account_id and identity_kind = 'account')"""


def counted_carts(shop: SampleShop) -> list[tuple]:
    """Person, account, first and last touch, state, its order and the one that rescued it, of every cart."""
    steps = shop.connection.execute(
        f"""select person_id, occurred_at as moment, 0 as is_order, event_id as id, type, product_id, account_id
        from {OF_PERSONS} where type in ('add_to_cart', 'remove_from_cart', 'checkout')
        union all select person_id, moment, 1, order_id, 'order', null, null from sound_orders
        order by person_id, moment, is_order, id"""
    ).fetchall()
    end = shop.value("select max(occurred_at)::date::timestamp + interval 1 day from events")
    carts: list[list] = []
    alive: list | None = None
    goods: list[str] = []
    person = None
    for owner, moment, _, key, kind, product, account in steps:
        if owner != person or (alive and moment > alive[3] + LIFE):
            alive = None
        person = owner
        if kind == "order":
            for cart in carts[::-1]:
                if cart[0] != person:
                    break
                if cart[4] == "abandoned" and cart[6] is None and cart[3] + LIFE < moment <= cart[3] + LIFE + RESCUE:
                    cart[6] = key
            if alive:
                alive[4], alive[5] = "paid", key
                alive = None
            continue
        if alive is None:
            if kind != "add_to_cart":
                continue
            alive, goods = [owner, account, moment, moment, "abandoned", None, None], []
            carts.append(alive)
        alive[3] = moment
        if kind == "add_to_cart":
            goods.append(product)
        elif kind == "remove_from_cart":
            goods.remove(product)
            if not goods:
                alive[4] = "emptied"
                alive = None
    for cart in carts:
        if cart[4] == "abandoned" and cart[3] + LIFE >= end:
            cart[4] = "open"
    return [tuple(cart) for cart in carts]


def test_every_cart_of_the_log_is_in_the_truth_with_what_became_of_it(shop):
    told = shop.connection.execute(
        """select person_id, account_id, started_at, last_touch_at, state, order_id, rescued_order_id from true_carts
        order by person_id, started_at"""
    ).fetchall()
    assert counted_carts(shop) == told


def test_carts_are_counted_by_what_became_of_them(shop):
    counts = shop.truth.counts
    by_state = dict(shop.connection.execute("select state, count(*) from true_carts group by state").fetchall())
    assert {state: counts[f"carts_{state}"] for state in by_state} == by_state
    assert counts["carts"] == sum(by_state.values())
    rescued = shop.value("select count(*) from true_carts where rescued_order_id is not null and state = 'abandoned'")
    assert counts["carts_rescued"] == rescued == shop.value("select count(*) from true_carts where is_rescued")


def test_some_carts_are_left_and_some_of_those_are_ordered_after_all(shop):
    counts = shop.truth.counts
    assert 0.1 < counts["carts_abandoned"] / counts["carts"] < 0.4
    assert 0.1 < counts["carts_rescued"] / counts["carts_abandoned"] < 0.6


def test_who_orders_puts_something_into_the_cart_and_checks_out(shop):
    of_visit = """select bool_or(type = 'add_to_cart') and bool_or(type = 'checkout') as is_whole from events
        group by session_id having bool_or(type = 'purchase')"""
    assert shop.value(f"select bool_and(is_whole) from ({of_visit})")


def test_people_who_are_known_touch_no_cart_without_being_logged_in(shop):
    """But to order as a guest: an anonymous cart is a stranger's or is paid at once."""
    left = """select count(*) from (select session_id, any_value(anonymous_id) as anonymous_id from events
            group by session_id having count(account_id) = 0 and bool_or(type = 'add_to_cart')
            and not bool_or(type in ('purchase', 'cancel', 'checkout')))
        where anonymous_id in (select anonymous_id from events where account_id is not null)"""
    assert shop.value(left) == 0
