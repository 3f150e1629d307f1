"""What makes the one file per customer complete before readers see it. Rules only."""

from expectations.machinery.rules import never

RULES = [
    never(
        "net_sales_are_what_the_customer_table_says",
        """
        select customer_id from {batch} as ours join marts.dim_customers as customers using (customer_id)
        where abs(ours.net_sales - customers.net_sales) > 0.01
        """,
    ),
]
