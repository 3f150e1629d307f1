"""What the shop promises about its feedback, should it deliver any: every rule holds on an empty table.

Rules only: who runs them and when is not this file's business. What a rule shows is where a row is, never its text.
"""

from expectations.machinery.rules import PLACE, never, sensibly_dated

RULES = [
    sensibly_dated("feedback_is_sensibly_dated", "submitted_at"),
    never(
        "no_feedback_is_answered_before_it_was_given",
        f"select {PLACE} from {{batch}} where answered_at < submitted_at",
        severity="warning",
    ),
    never(
        "every_score_is_on_the_scale_of_its_kind",
        f"""
        select {PLACE}, kind, score from {{batch}}
        where score < case when kind = 'nps' then 0 else 1 end or score > case when kind = 'nps' then 10 else 5 end
        """,
        severity="warning",
    ),
]
