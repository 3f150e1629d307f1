"""A new model takes the champion's place by rule; a pin outweighs the rule; a past day stays what it was."""

from pathlib import Path

import pytest

from pipelines.registry.pins import pin
from pipelines.registry.roles import Standing
from pipelines.registry.tables import models_table
from pipelines.registry.use import Use
from tests.registry.learners import Learner, night, use_of


@pytest.fixture
def learner() -> Learner:
    return Learner()


def roles(use: Use) -> dict[str, str]:
    """The part each model plays, by the number of days after the first night."""
    found: list[Standing] = use.standings("churn")
    return {str((one.card.trained_as_of - night(0)).days): one.role for one in found}


def live(folder: Path, learner: Learner, skills: dict[int, float | None], until: int = 0, **changes: object) -> Use:
    """Every night from the first on; on those that are named a model of this skill is learned when one is due."""
    for day in range(max([*skills, until]) + 1):
        learner.skill = skills.get(day, learner.skill)
        use = use_of(folder, day, **changes)
        learner.on(use)
    return use


@pytest.mark.parametrize(
    ("skill", "is_promoted"),
    [(0.3, True), (0.2, True), (0.1501, True), (0.1499, False), (-1.0, False), (None, True)],
    ids=["better", "as good", "within tolerance", "just outside", "worse than the rule", "not measured"],
)
def test_a_new_model_is_promoted_unless_it_is_clearly_worse(
    tmp_path: Path, learner: Learner, skill: float | None, is_promoted: bool
) -> None:
    use = live(tmp_path, learner, {0: 0.2, 30: skill})
    assert learner.times == 2
    assert roles(use) == ({"30": "champion", "0": "retired"} if is_promoted else {"30": "challenger", "0": "champion"})
    assert learner.on(use) == (night(30) if is_promoted else night(0))
    assert learner.times == 2
    told = next(one.reason for one in use.standings("churn") if one.card.trained_as_of == night(30))
    assert told.startswith("Learned because the newest was 30 days old. It")
    assert ("challenger" in told) is not is_promoted
    assert ("0.200" in told) is (skill is not None)
    assert bool(use.told) is not is_promoted


def test_the_tolerance_is_the_shops(tmp_path: Path, learner: Learner) -> None:
    use = live(tmp_path, learner, {0: 0.2, 30: 0.12}, training={"tolerance": 0.1})
    assert roles(use)["30"] == "champion"


def test_a_challenger_is_followed_by_the_next_when_that_is_due(tmp_path: Path, learner: Learner) -> None:
    use = live(tmp_path, learner, {0: 0.2, 30: 0.1, 60: 0.19})
    assert learner.times == 3
    assert roles(use) == {"60": "champion", "30": "retired", "0": "retired"}


def test_a_champion_of_three_times_the_days_gives_way_to_the_newest(tmp_path: Path, learner: Learner) -> None:
    use = live(tmp_path, learner, {0: 0.5, 30: 0.1, 60: 0.1}, until=89)
    assert roles(use) == {"60": "challenger", "30": "challenger", "0": "champion"}
    use = live(tmp_path, learner, {90: 0.1})
    assert roles(use)["90"] == "champion"
    [told] = [one.reason for one in use.standings("churn") if one.role == "champion"]
    assert "0.100 beside 0.500, but that was 90 days old" in told


def test_between_two_trainings_too_it_gives_way_when_it_is_too_old(tmp_path: Path, learner: Learner) -> None:
    for day, skill in ((0, 0.5), (40, 0.1), (75, 0.1)):
        learner.skill = skill
        learner.on(use_of(tmp_path, day))
    assert learner.on(use_of(tmp_path, 89)) == night(0)
    late = use_of(tmp_path, 91)
    assert learner.on(late) == night(75)
    assert "more than 90 days" in next(one.reason for one in late.standings("churn") if one.role == "champion")
    assert "90 days old or more" in late.told[0]
    assert learner.times == 3
    assert learner.on(use_of(tmp_path, 105)) == night(105)  # as good as that of day 75, whose place it takes
    assert learner.on(use_of(tmp_path, 89)) == night(0)  # and the earlier night stays what it was


def test_another_recipe_replaces_the_champion_however_good_it_was(tmp_path: Path, learner: Learner) -> None:
    live(tmp_path, learner, {0: 0.5})
    learner.skill = 0.0
    changed = use_of(tmp_path, 1, recipe="another")
    assert learner.on(changed) == night(1)
    assert roles(changed) == {"1": "champion", "0": "retired"}
    assert "are other ones" in changed.standings("churn")[1].reason
    assert changed.due("churn") is None


def test_withdrawn_data_replace_the_champion(tmp_path: Path, learner: Learner) -> None:
    live(tmp_path, learner, {0: 0.5})
    learner.skill = 0.0
    assert learner.on(use_of(tmp_path, 1, landed_by=lambda known: f"less by {known}")) == night(1)


def test_a_pinned_model_scores_from_its_night_on_until_it_is_let_go(tmp_path: Path, learner: Learner) -> None:
    live(tmp_path, learner, {0: 0.2, 30: 0.2})
    pin(tmp_path, "churn", night(31), night(0))
    assert learner.on(use_of(tmp_path, 30)) == night(30)  # a night before the pin, built again
    use = use_of(tmp_path, 31)
    assert learner.on(use) == night(0)
    assert roles(use) == {"30": "challenger", "0": "champion"}
    assert "Pinned by guanxi models use; by the rule the model of 2026-01-31" in use.standings("churn")[1].reason
    pin(tmp_path, "churn", night(32), None)
    assert learner.on(use_of(tmp_path, 31)) == night(0)
    assert learner.on(use_of(tmp_path, 32)) == night(30)
    assert learner.times == 2


def test_while_one_is_pinned_models_are_learned_and_kept_as_challengers(tmp_path: Path, learner: Learner) -> None:
    live(tmp_path, learner, {0: 0.2})
    pin(tmp_path, "churn", night(0), night(0))
    use = live(tmp_path, learner, {}, until=150)
    assert learner.on(use) == night(0)  # however old
    assert roles(use)["150"] == "challenger"
    pin(tmp_path, "churn", night(151), None)
    assert learner.on(use_of(tmp_path, 151)) == night(150)


def test_a_pin_on_what_cannot_score_is_passed_over_and_told(tmp_path: Path, learner: Learner) -> None:
    live(tmp_path, learner, {0: 0.2, 30: 0.2})
    pin(tmp_path, "churn", night(30), night(0))
    changed = use_of(tmp_path, 31, recipe="another")
    assert learner.on(changed) == night(31)
    again = use_of(tmp_path, 32, recipe="another")
    assert learner.on(again) == night(31)
    assert "the pinned model of 2026-01-01 does not serve this night" in again.told[0]


def test_a_half_written_pin_is_none(tmp_path: Path, learner: Learner) -> None:
    live(tmp_path, learner, {0: 0.2})
    (tmp_path / "churn" / "pins.jsonl").write_text('{"since": "2026-01-01", "mod')
    assert learner.on(use_of(tmp_path, 1)) == night(0)


def test_every_night_of_the_past_finds_the_model_that_scored_it(tmp_path: Path, learner: Learner) -> None:
    scored = {}
    for day in range(45):
        learner.skill = {0: 0.2, 30: 0.05}.get(day, learner.skill)
        scored[day] = learner.on(use_of(tmp_path, day))
    assert {*scored.values()} == {night(0)}
    learner.on(use_of(tmp_path, 60))
    for day, found in scored.items():
        assert learner.on(use_of(tmp_path, day)) == found
    assert learner.times == 3


def test_what_scored_within_the_days_that_are_kept_stays_and_the_rest_goes(tmp_path: Path, learner: Learner) -> None:
    use = live(tmp_path, learner, {0: 0.5, 30: 0.1, 60: 0.1, 90: 0.1, 120: 0.1})
    assert roles(use) == {"120": "champion", "90": "retired", "60": "retired", "0": "retired"}  # 0 scored until 89
    use = live(tmp_path, learner, {150: 0.1})
    assert roles(use) == {"150": "champion", "120": "retired", "90": "retired"}


def test_the_table_of_models_says_what_each_is(tmp_path: Path, learner: Learner) -> None:
    use = live(tmp_path, learner, {0: 0.2, 30: 0.1})
    table = models_table(use.standings("churn"), night(0))
    assert table["role"].tolist() == ["challenger", "champion"]
    assert table["is_scoring_tonight"].tolist() == [False, True]
    assert table["skill"].round(6).tolist() == [0.1, 0.2]
    assert table["best_baseline"].tolist() == ["recency", "recency"]
    assert table["row_count"].tolist() == [1_000, 1_000]
    assert table["learned_until"].dt.date.tolist() == [night(-60), night(-90)]
    assert table["sha256"].str.len().tolist() == [64, 64]
    assert models_table([], None).dtypes.equals(table.dtypes)
