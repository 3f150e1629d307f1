"""What the shop promises about its order items, should it deliver any: every rule holds on an empty table.

Rules only: who runs them and when is not this file's business.
"""

from expectations.machinery.rules import PLACE, between, never, not_null

# Of the sources that deliver lines at all.
ORDERS_WITHOUT_ITEMS = """
    with counted as (
        select count(*) as orders, count(*) filter (where items.order_id is null) as without_items
        from raw.orders as orders
        semi join {batch} as delivered using (source_name)
        left join (select distinct source_name, order_id from raw.order_items) as items using (source_name, order_id)
    )
"""

RULES = [
    not_null("nearly_every_item_has_a_product", "product_id", mostly=0.95, severity="warning"),
    between("nearly_every_price_is_not_negative", "unit_price", 0, mostly=0.99),
    never(
        "nearly_every_item_belongs_to_an_order",
        """
        select count(*) as items, count(*) filter (where orders.order_id is null) as without_order
        from {batch} as items left join raw.orders as orders using (source_name, order_id)
        having count(*) filter (where orders.order_id is null) > 0.05 * count(*)
        """,
    ),
    never(
        "at_least_half_of_the_orders_have_items",
        f"{ORDERS_WITHOUT_ITEMS} select orders, without_items from counted where without_items > 0.5 * orders",
    ),
    never(
        "most_orders_have_items",
        f"""
        {ORDERS_WITHOUT_ITEMS}
        select orders, without_items from counted where without_items > 0.2 * orders and without_items <= 0.5 * orders
        """,
        severity="warning",
    ),
    never(
        "no_item_is_refunded_more_often_than_it_was_bought",
        f"select {PLACE} from {{batch}} where quantity > 0 and refunded_quantity > quantity",
        severity="warning",
    ),
]
