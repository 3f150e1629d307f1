"""`guanxi models`: what is kept, one model in words, which shall score; a wrong name is one line and exit code 2."""

import sys
from datetime import date
from pathlib import Path

import pytest

from pipelines.folders import DataFolder
from pipelines.landing.nights import record_night
from pipelines.night.shop import open_shop
from pipelines.registry.use import Use
from pipelines.settings.model import Settings
from tests.registry.learners import Learner, night


class Shop:
    """A data directory in which two churn models were learned, the second of them no worse, and the last night was."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
        self.folder, self.learner = DataFolder(home), Learner()
        self._monkeypatch, self._capsys = monkeypatch, capsys
        for day in (0, 30, 40):
            record_night(self.folder.lake, night(day))
            assert self.scored_by(day) == night(min(day, 30))

    def scored_by(self, day: int) -> date:
        """The model that scores a night."""
        settings = Settings()
        return self.learner.on(Use.of(open_shop(self.folder, settings), settings, night(day)))

    def told(self, *words: str) -> tuple[int, str]:
        """The exit code, and what the command prints, in one line."""
        from pipelines.cli import main

        arguments = ["guanxi", "models", *words, "--data-dir", str(self.folder.home)]
        self._monkeypatch.setattr(sys, "argv", arguments)
        self._monkeypatch.setenv("COLUMNS", "200")
        with pytest.raises(SystemExit) as end:
            main()
        out, err = self._capsys.readouterr()
        return int(end.value.code or 0), " ".join(f"{out} {err}".split())


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> Shop:
    (tmp_path / "data" / "landing" / "sample").mkdir(parents=True)
    return Shop(tmp_path / "data", monkeypatch, capsys)


def test_the_models_are_listed_with_the_part_that_each_plays_and_why(shop: Shop) -> None:
    code, text = shop.told()
    assert code == 0
    assert "churn 2026-01-31 champion 0.200 Learned because the newest was 30 days old." in text
    assert "churn 2026-01-01 retired 0.200 The model of 2026-01-31 scores in its place." in text


def test_a_card_is_told_in_words_that_of_the_champion_unless_a_day_is_named(shop: Shop) -> None:
    code, text = shop.told("show", "churn")
    assert code == 0
    for words in (
        "churn of 2026-01-31: champion.",
        "Learned from: 1,000 rows of 1,000 customers at as-of dates from 2025-11-02 to 2025-11-02",
        "Features: recency, spend, visits, age_days",
        "0.200 = 1 - brier 0.16 / 0.2 of the best naive rule, recency, on 400 customers after 2025-11-02",
        "scikit-learn",
        "SHA-256:",
    ):
        assert words in text
    assert "churn of 2026-01-01: retired." in shop.told("show", "churn", "2026-01-01")[1]


def test_a_pinned_model_scores_and_one_that_is_let_go_does_not(shop: Shop) -> None:
    code, text = shop.told("use", "churn", "2026-01-01")
    assert (code, "The churn model of 2026-01-01 scores from the next night on" in text) == (0, True)
    assert shop.scored_by(41) == night(0)
    assert shop.scored_by(35) == night(30)  # before the word was spoken
    assert "2026-01-01 champion 0.200 Pinned by guanxi models use" in shop.told()[1]
    assert "The rule chooses the churn model again: the model of 2026-01-31" in shop.told("use", "churn", "newest")[1]
    assert shop.scored_by(41) == night(30)
    assert "No churn model is pinned" in shop.told("use", "churn", "newest")[1]


def test_a_damaged_model_is_no_champion_and_a_torn_card_is_not_passed_over(shop: Shop) -> None:
    (shop.folder.models / "churn" / "2026-01-31" / "model.skops").write_bytes(b"something else")
    text = shop.told()[1]
    assert "churn 2026-01-31 damaged 0.200" in text
    assert "model.skops is not the file that was kept" in text
    assert "churn of 2026-01-31: damaged." in shop.told("show", "churn", "newest")[1]
    code, text = shop.told("use", "churn", "2026-01-31")
    assert (code, "the churn model of 2026-01-31 can score no more" in text) == (2, True)
    (shop.folder.models / "churn" / "2026-01-31" / "card.json").write_text('{"score": "ch')
    assert "churn 2026-01-31 damaged " in shop.told()[1]
    assert "card.json breaks off" in shop.told()[1]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("show", "chrn"), "there is no score 'chrn' that learns: did you mean churn?"),
        (("use", "weather", "newest"), "there is no score 'weather' that learns: known are churn, lifetime_value"),
        (("show", "lifetime_value"), "no lifetime_value model is kept"),
        (
            ("use", "churn", "2026-01-02"),
            "no churn model of 2026-01-02 is kept: there are those of 2026-01-31, 2026-01-01",
        ),
        (("use", "churn", "yesterday"), "DAY: 'yesterday' is no date: write it as YYYY-MM-DD"),
    ],
)
def test_a_wrong_name_is_one_line_and_exit_code_2(shop: Shop, words: tuple[str, ...], line: str) -> None:
    code, text = shop.told(*words)
    assert code == 2
    assert text.startswith(f"guanxi: {line}")


def test_a_model_that_can_score_no_more_cannot_be_pinned(shop: Shop) -> None:
    shop.folder.shop_file.write_text("discount_rate: 0.1\n")
    code, text = shop.told("use", "churn", "2026-01-01")
    assert (code, "the churn model of 2026-01-01 can score no more: code, settings" in text) == (2, True)
    assert "retired" in shop.told()[1]


def test_where_there_was_no_night_or_nothing_has_learned_it_is_said(shop: Shop, tmp_path: Path) -> None:
    from io import StringIO

    from rich.console import Console

    from pipelines.problems import BadInput
    from pipelines.terminal.models import show_models

    (tmp_path / "other" / "landing" / "sample").mkdir(parents=True)
    console, folder = Console(file=StringIO(), width=200), DataFolder(tmp_path / "other")
    with pytest.raises(BadInput, match="has had no night yet"):
        show_models(console, folder)
    record_night(folder.lake, night(0))
    show_models(console, folder)
    assert "No model is kept" in console.file.getvalue()
