"""What makes product pairs believable: both ways the same, shares that follow from the counts, chance kept out."""

from expectations.machinery.rules import all_found_in, between, never

ROW = "product_id, other_product_id"

RULES = [
    all_found_in("every_product_is_one_of_the_shop", "marts.dim_products", key="product_id"),
    never("no_product_goes_with_itself", f"select {ROW} from {{batch}} where product_id = other_product_id"),
    between("ranks_are_one_to_twenty", "rank", 1, 20),
    between("a_pair_was_seen_five_times_at_least", "together_count", 5),
    between("kept_pairs_are_hardly_chance", "q_value", 0, 0.05),
    never("no_pair_is_surer_than_its_test", f"select {ROW} from {{batch}} where p_value > q_value or p_value < 0"),
    never(
        "no_pair_is_in_more_orders_than_either_product",
        f"select {ROW} from {{batch}} where together_count > order_count or together_count > other_order_count",
    ),
    never(
        "confidence_is_the_share_of_the_products_orders",
        f"""
        select {ROW}, confidence from {{batch}}
        where abs(confidence * order_count - together_count) > 0.000001 * together_count
        """,
    ),
    never(
        "support_and_lift_are_of_the_same_orders",
        f"""
        select {ROW}, support, lift from {{batch}}
        where abs(lift * support * order_count * other_order_count - power(together_count, 2))
            > 0.000001 * power(together_count, 2)
        """,
    ),
    never(
        "a_pair_says_the_same_of_itself_both_ways",
        """
        select ours.product_id, ours.other_product_id from {batch} as ours
        inner join ml.product_affinities as theirs
            on ours.product_id = theirs.other_product_id and ours.other_product_id = theirs.product_id
        where ours.together_count <> theirs.together_count or ours.order_count <> theirs.other_order_count
        """,
    ),
]
