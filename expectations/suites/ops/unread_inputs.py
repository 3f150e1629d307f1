"""What may lie unread in the landing folders. Rules only; what a name is likely to mean is found at ingest."""

from expectations.machinery.rules import never

SHOWN = "kind, file_name, input_name, detail"

RULES = [
    never("no_required_feed_or_column_was_left_unread", f"select {SHOWN} from {{batch}} where is_required"),
    never(
        "nothing_that_looks_like_ours_was_left_unread",
        f"""
        select {SHOWN} from {{batch}}
        where not is_required and (likely_feed is not null or likely_column is not null)
        """,
        severity="warning",
    ),
]
