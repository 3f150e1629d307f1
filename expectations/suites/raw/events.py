"""What the shop promises about its behaviour log, should it deliver one: every rule holds on an empty table.

Rules only: who runs them and when is not this file's business. That an event has one row is not asked: it costs half a
minute at fifty million rows, and the view over the lake already keeps one row per key.
"""

from expectations.machinery.rules import dated_within_the_shops_life, fresh, in_set, never, not_null, sensibly_dated

KEY = ("source_name", "event_id")

RULES = [
    not_null("every_event_has_an_id", "event_id"),
    not_null("every_event_has_an_instant", "occurred_at"),
    sensibly_dated("events_are_sensibly_dated", "occurred_at"),
    not_null("every_event_has_a_type", "type"),
    in_set(
        "types_are_known_values",
        "type",
        ["view", "search", "add_to_cart", "remove_from_cart", "checkout", "login", "purchase", "cancel", "other"],
    ),
    never(
        "nearly_every_event_has_a_visitor",
        """
        select count(*) as events, count(coalesce(account_id, anonymous_id, session_id)) as with_visitor from {batch}
        having count(coalesce(account_id, anonymous_id, session_id)) < 0.95 * count(*)
        """,
        severity="warning",
    ),
    *dated_within_the_shops_life("events", "occurred_at"),
    fresh("events_are_fresh", "occurred_at"),
]
