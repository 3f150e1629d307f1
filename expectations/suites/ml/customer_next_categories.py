"""What makes next categories believable: real customers, ranks that fall. Without categories there are none."""

from expectations.machinery.rules import all_found_in, between, never

TODAY = "(select * from features.customer_features where is_today)"
ROW = "customer_id, rank"

RULES = [
    all_found_in("every_guess_is_of_a_customer_of_today", TODAY),
    all_found_in("every_category_is_one_that_is_sold", "(select category from marts.dim_products)", key="category"),
    between("ranks_are_one_to_five", "rank", 1, 5),
    between("the_chance_of_a_category_is_a_probability", "probability", 0, 1),
    never(
        "no_chance_is_above_that_of_the_rank_before",
        f"""
        select {ROW}, probability from (
            select
                {ROW}, probability,
                lag(probability) over (partition by customer_id order by rank) as probability_before
            from {{batch}}
        )
        where probability > probability_before and probability <= 1
        """,
    ),
    never(
        "every_customer_has_every_rank_up_to_the_last",
        "select customer_id from {batch} group by customer_id having max(rank) <> count(*) and max(rank) <= 5",
    ),
    never(
        "no_category_is_guessed_twice",
        "select customer_id, category from {batch} group by customer_id, category having count(*) > 1",
    ),
    never(
        "first_guesses_are_neither_certain_nor_idle",
        """
        select avg(probability) as mean_probability from {batch} where rank = 1
        having avg(probability) not between 0.01 and 0.98
        """,
        severity="warning",
    ),
]
