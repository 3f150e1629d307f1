"""What the shop promises about its behaviour log, should it deliver one: every rule holds on an empty table.

Rules only: who runs them and when is not this file's business. That an event has one row is not asked: it costs half a
minute at fifty million rows, and the view over the lake already keeps one row per key.
"""

from expectations.machinery.rules import dated_within_the_shops_life, fresh, never, sensibly_dated

RULES = [
    sensibly_dated("events_are_sensibly_dated", "occurred_at"),
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
