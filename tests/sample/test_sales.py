"""Orders and their lines: the money adds up to the cent, and the course of an order makes sense."""

import pytest


def test_items_less_discount_plus_shipping_and_tax_are_the_total_in_every_order(shop):
    off = """with items as (
            select order_id, sum(quantity::int * unit_price::decimal(18, 2) - discount::decimal(18, 2)) as amount
            from order_items group by order_id
        )
        select count(*) from orders left join items using (order_id)
        where total::decimal(18, 2) is distinct from
            amount - discount::decimal(18, 2) + shipping::decimal(18, 2) + tax::decimal(18, 2)"""
    assert shop.value(off) == 0


def test_every_line_belongs_to_an_order_and_a_product(shop):
    assert shop.value("select count(*) from order_items anti join orders using (order_id)") == 0
    assert shop.value("select count(*) from order_items anti join products using (product_id)") == 0
    lines = shop.column("select distinct count(*) from order_items group by order_id order by 1")
    assert lines == [1, 2, 3, 4, 5]


def test_nothing_is_sold_above_its_list_price_or_for_nothing(shop):
    dear = """select count(*) from order_items join products using (product_id)
        where unit_price::decimal(18, 2) > list_price::decimal(18, 2)"""
    assert shop.value(dear) == 0
    cheap = "quantity::int * unit_price::decimal(18, 2) <= discount::decimal(18, 2)"
    assert shop.value(f"select count(*) from order_items where {cheap}") == 0


def test_the_catalogue_has_ten_categories_and_unique_products(shop):
    assert shop.value("select count(*) from products") == 1_200
    assert shop.value("select count(distinct category) from products") == 10
    assert shop.value("select count(*) from products where '' in (name, subcategory, brand)") == 0


def test_a_returned_order_gives_back_its_whole_total(shop):
    returned = "select order_id from orders where status = 'returned'"
    kept = f"order_id in ({returned}) and refunded_quantity <> quantity"
    assert shop.value(f"select count(*) from order_items where {kept}") == 0
    net = "select sum(total - refunded) from order_owners"
    assert shop.value(f"{net} where order_id in ({returned})") == 0


def test_no_more_comes_back_than_was_bought_and_nothing_of_what_was_not_paid(shop):
    assert shop.value("select count(*) from order_items where refunded_quantity::int > quantity::int") == 0
    unpaid = "select order_id from sound_orders where not is_paid"
    back = f"order_id in ({unpaid}) and refunded_quantity <> '0'"
    assert shop.value(f"select count(*) from order_items where {back}") == 0


def test_an_order_is_placed_paid_shipped_and_delivered_in_this_order_and_within_the_window(shop):
    wrong = """select count(*) from orders where not (ordered_at <= coalesce(nullif(paid_at, ''), ordered_at)
        and paid_at <= coalesce(nullif(shipped_at, ''), paid_at)
        and shipped_at <= coalesce(nullif(delivered_at, ''), shipped_at)
        and ordered_at >= '2024-07-01 00:00:00' and updated_at <= '2026-06-30 23:59:59')"""
    assert shop.value(wrong) == 0
    known = "status in ('paid', 'shipped', 'delivered', 'returned') = (paid_at <> '')"
    assert shop.value(f"select count(*) from orders where not ({known})") == 0


def test_the_hours_of_the_day_have_their_local_pattern(shop):
    of_hours = "select count(*) from sound_orders where hour(moment) between {} and {}"
    evening, night = (shop.value(of_hours.format(*hours)) for hours in ((19, 22), (1, 4)))
    assert evening > 10 * night > 0


def test_about_five_in_a_hundred_buyers_of_a_year_bring_about_forty_in_a_hundred_of_its_sales(shop):
    # A million customers gave 5.2 % and 40.5 %; with 8,000 buyers the standard deviations are 0.25 and 2 points.
    people, sales = shop.connection.execute(
        """with buyers as (
            select person_id, sum(order_owners.total - refunded) as net from sound_orders
            join order_owners using (order_id, person_id)
            where sound_orders.is_paid and moment >= timestamp '2025-07-01' group by person_id
        )
        select avg((net > 5000)::int), sum(net) filter (where net > 5000) / sum(net) from buyers"""
    ).fetchall()[0]
    assert people == pytest.approx(0.052, abs=0.01)
    assert float(sales) == pytest.approx(0.405, abs=0.07)
