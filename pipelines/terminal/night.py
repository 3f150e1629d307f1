"""What `guanxi run` shows: a line per stage while it works, then the summary, or why nothing was published."""

import json
import time
from enum import Enum
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from pipelines.folders import DataFolder
from pipelines.night.configuration import settings_said
from pipelines.night.moments import Listener, Moment
from pipelines.problems import BadInput
from pipelines.runner import Outcome, run_nightly
from pipelines.settings.reading import read_settings
from pipelines.terminal.first_shop import invent_first_shop
from pipelines.terminal.summary import show_summary
from pipelines.terminal.verdict import as_json

NOT_PUBLISHED = 1


class Shown(Enum):
    """How much a person, or a program, wants to see of a night."""

    ALL = "all"
    LITTLE = "only what went wrong"
    JSON = "one JSON object"


class StageLines:
    """Prints a line when a stage of the story is over, with its time; a spinner tells what is at work."""

    def __init__(self, console: Console) -> None:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._progress = Progress(
            *columns,
            console=console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("starting", total=None)
        self._stage = ""
        self._since = time.monotonic()
        self._steps = 0
        self._failed = False
        self._has_failed = False

    def __enter__(self) -> "StageLines":
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        self._failed = self._failed or kind is not None
        self._end_stage()
        self._progress.stop()

    def fail(self) -> None:
        """The night is not published: if no stage has said so, the one at work is the one that failed."""
        self._failed = self._failed or not self._has_failed

    def tell(self, moment: Moment) -> None:
        """Take note of one moment of the run."""
        if moment.kind == "start":
            if moment.stage != self._stage:
                self._end_stage()
                self._stage, self._since, self._steps = moment.stage, time.monotonic(), 0
            doing = f"{moment.stage}: {moment.step.replace('__', '.')}" if moment.step else moment.stage
            self._progress.update(self._task, description=escape(doing))
        elif moment.kind == "success":
            self._steps += 1
        elif moment.kind == "failure":
            self._failed = self._has_failed = True

    def _end_stage(self) -> None:
        if not self._stage:
            return
        mark = "[red]✗[/red]" if self._failed else "[green]✓[/green]"
        steps = f"{self._steps} step{'s' if self._steps != 1 else ''}" if self._steps else ""
        seconds = time.monotonic() - self._since
        self._progress.console.print(f"{mark} {self._stage:<20} {seconds:5.1f} s  [dim]{steps}[/dim]", highlight=False)
        self._failed = False


def show_night(console: Console, folder: DataFolder, shop: dict[str, Any], shown: Shown = Shown.ALL) -> int:
    """Run the night with a line per stage; the exit code says whether it was published."""
    began = time.monotonic()
    if shown is Shown.JSON:
        return _print_json(folder, shop, began)
    outcome = _run_with_lines(console, folder, shop) if shown is Shown.ALL else _run(folder, shop, _say_nothing)
    if outcome.is_success:
        if shown is Shown.ALL:
            show_summary(console, folder, outcome, time.monotonic() - began)
        return 0
    return explain(console, outcome)


def _print_json(folder: DataFolder, shop: dict[str, Any], began: float) -> int:
    """One object on standard output, whatever comes of the night; bad input is raised after it is told."""
    try:
        outcome = _run(folder, shop, _say_nothing)
    except BadInput as problem:
        outcome = Outcome(False, "", bad_input=str(problem))
    print(json.dumps(as_json(folder, outcome, time.monotonic() - began), ensure_ascii=False))
    if outcome.bad_input:
        raise BadInput(outcome.bad_input)
    return 0 if outcome.is_success else NOT_PUBLISHED


def _run(folder: DataFolder, shop: dict[str, Any], on_moment: Listener) -> Outcome:
    """The night; on a first evening, where no shop is named, of an invented one."""
    invent_first_shop(folder, read_settings(folder, settings_said(shop)), on_moment)
    return run_nightly(folder, shop, on_moment)


def _say_nothing(moment: Moment) -> None:
    """For whoever wants the end only."""


def _run_with_lines(console: Console, folder: DataFolder, shop: dict[str, Any]) -> Outcome:
    of = f" as of {shop['as_of']}" if shop.get("as_of") else ""
    console.print(f"[bold]Guanxi[/bold] in {escape(str(folder.home))}{escape(of)}", soft_wrap=True, highlight=False)
    with StageLines(console) as lines:
        outcome = _run(folder, shop, lines.tell)
        if not outcome.is_success:
            lines.fail()
    return outcome


def explain(console: Console, outcome: Outcome) -> int:
    """Say why nothing was published and how to mend it."""
    if outcome.bad_input:
        raise BadInput(outcome.bad_input)
    console.print("\n[red]Nothing was published; readers keep the previous file.[/red]")
    if outcome.refusal:
        console.print(f"  [red]refused[/red] {escape(outcome.refusal)}", soft_wrap=True, highlight=False)
    for sentence in outcome.broken_rules:
        console.print(f"  [red]gate[/red] {escape(sentence)}", soft_wrap=True, highlight=False)
    for sentence in outcome.failures:
        console.print(f"  [red]failed[/red] {escape(sentence)}", soft_wrap=True, highlight=False)
    if outcome.broken_rules:
        console.print(
            "What to do: mend those rows at the source and land a corrected file (the newest row of a key counts), "
            "or, if the rule is wrong for your shop, change it in expectations/suites/<schema>/<table>.py; "
            "then run again.",
            soft_wrap=True,
        )
    if any("No space left" in sentence or "disk is full" in sentence for sentence in outcome.failures):
        console.print("What to do: the disk is full; free some space, then run again.", soft_wrap=True)
    console.print(f"The whole story: {escape(str(outcome.log))}", soft_wrap=True, highlight=False)
    return NOT_PUBLISHED
