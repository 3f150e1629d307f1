"""What the shop promises about its catalogue, should it deliver one: every rule holds on an empty table.

Rules only: who runs them and when is not this file's business.
"""

from expectations.machinery.rules import between, not_null

RULES = [
    between("nearly_every_list_price_is_not_negative", "list_price", 0, mostly=0.99),
    not_null("most_products_have_a_name", "name", mostly=0.9, severity="warning"),
]
