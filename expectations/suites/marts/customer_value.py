"""What makes the customer values complete before readers see them. Rules only; the scores have their own gate."""

from expectations.machinery.rules import all_taken_from, between, never

RULES = [
    all_taken_from("every_score_is_published", "ml.customer_lifetime_value"),
    between("no_predicted_value_is_negative", "predicted_value", 0),
    never(
        "history_is_what_the_customer_table_says",
        """
        select customer_id from {batch} as ours join marts.dim_customers as customers using (customer_id)
        where abs(ours.historic_value - customers.net_sales) > 0.01
        """,
    ),
]
