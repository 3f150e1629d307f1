"""What makes drift believable: sizes with their levels. That something has drifted is for a person to look at."""

from expectations.machinery.rules import finite, is_finite, never

ROW = "model, kind, measure"

RULES = [
    finite("every_value_is_finite", ["value", "warn_from", "block_from"], ROW),
    never(
        "no_stability_index_is_negative",
        f"select {ROW}, value from {{batch}} where kind <> 'calibration' and value < 0",
    ),
    never("no_warning_comes_after_the_block", f"select {ROW} from {{batch}} where warn_from > block_from"),
    never(
        "every_level_follows_the_value",
        f"""
        select {ROW}, value, level from {{batch}}
        where {is_finite("value")}
            and level <> case
                when abs(value) >= block_from then 'block' when abs(value) >= warn_from then 'warn' else 'ok'
            end
        """,
    ),
    never(
        "no_model_has_drifted",
        f"select {ROW}, value, level from {{batch}} where kind <> 'feature' and level in ('warn', 'block')",
        severity="warning",
    ),
]
