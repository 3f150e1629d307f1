"""What makes the registry believable: one champion a score, and scores that are the champion's. Rules only."""

from expectations.machinery.rules import between, never

ROW = "model, trained_as_of"

RULES = [
    never("no_model_comes_from_a_later_night", f"select {ROW} from {{batch}} where trained_as_of > as_of_date"),
    never(
        "no_model_learned_from_a_day_that_it_could_not_know",
        f"select {ROW} from {{batch}} where learned_until > trained_as_of or learned_from > learned_until",
    ),
    never(
        "no_score_has_two_champions",
        "select model, count(*) as champions from {batch} where role = 'champion' group by model having count(*) > 1",
    ),
    never(
        "only_a_champion_scores",
        f"select {ROW} from {{batch}} where is_scoring_tonight and role <> 'champion'",
    ),
    between("no_skill_is_better_than_perfect", "skill", None, 1),
    never(
        "the_scoring_model_is_better_than_the_best_rule",
        f"select {ROW}, skill from {{batch}} where is_scoring_tonight and skill <= 0",
        severity="warning",
    ),
]
