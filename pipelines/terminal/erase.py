"""What `guanxi erase` shows: what would go, a question, the night that follows, the proof. It erases nothing itself."""

import sys
from collections import Counter

from rich.console import Console
from rich.table import Table

from pipelines.erasure.book import read_book
from pipelines.erasure.purge import files_that_name
from pipelines.erasure.steps import Found, Ground, Request, complete, give_word, look_up
from pipelines.folders import DataFolder, private_files
from pipelines.night.erasing import ground_of
from pipelines.night.shop import at_work, open_shop
from pipelines.problems import BadInput
from pipelines.runner import run_nightly
from pipelines.settings.model import Settings
from pipelines.settings.reading import read_settings
from pipelines.terminal.night import StageLines, explain
from pipelines.warehouse.build import connect
from pipelines.warehouse.publication import published_file

STANDARD_INPUT = "-"
NOT_VERIFIED = 1


def show_erasure(console: Console, folder: DataFolder, given: list[str], is_dry_run: bool, is_sure: bool) -> int:
    """Erases who is asked for, and goes on with what an earlier command began; the exit code says if all is proved."""
    settings = read_settings(folder, {})
    ground = _ground(folder, settings)
    with private_files(), at_work(folder):
        if not is_dry_run:
            complete(ground)  # a killed command's persons must not be found again by what is left of them
        found = look_up(ground, [Request(identifier) for identifier in _identifiers(given)])
        _refuse_unclear(found)
        wanted = _each_person_once(found)
        _show_plan(console, wanted)
        if is_dry_run:
            return 0
        if wanted and not is_sure:
            _ask(console, len(wanted))
        give_word(folder, wanted)
        complete(ground)
    _show_foreign_files(console, ground)
    return _build_anew(console, folder)


def _ground(folder: DataFolder, settings: Settings) -> Ground:
    if not folder.lake.is_dir():
        raise BadInput(f"{folder.home} holds no lake, so nobody can be erased from it: name the folder with --data-dir")
    return ground_of(open_shop(folder, settings), settings)


def _identifiers(given: list[str]) -> list[str]:
    lines = [line for one in given for line in (sys.stdin if one == STANDARD_INPUT else [one])]
    if found := [line.strip() for line in lines if line.strip()]:
        return list(dict.fromkeys(found))
    raise BadInput("--identifier is empty: give an e-mail address, phone number, account id or customer_id")


def _refuse_unclear(found: list[Found]) -> None:
    """The identifiers themselves are not repeated: what stands on a terminal stands in its log."""
    for number, one in enumerate(found, 1):
        which = f"identifier {number} of {len(found)}" if len(found) > 1 else "the identifier"
        if not one.person and not one.is_done:
            if one.customers:
                raise BadInput(
                    f"{which} is of {one.customers:,} customers: give an account id or a customer_id instead"
                )
            raise BadInput(f"{which} is nobody's in this shop: compare it with the shop's own records")


def _each_person_once(found: list[Found]) -> list[Found]:
    persons: dict[frozenset[str], Found] = {}
    for one in found:
        if one.person:
            persons.setdefault(one.person.values["account"], one)
    return list(persons.values())


def _show_plan(console: Console, found: list[Found]) -> None:
    if not found:
        console.print("Already erased.")
        return
    rows = sum((one.rows for one in found), Counter[str]())
    table = Table(title=f"Rows of {len(found):,} person{'s' if len(found) > 1 else ''}", box=None, title_justify="left")
    table.add_column("table")
    table.add_column("rows", justify="right")
    for name, count in sorted(rows.items()):
        table.add_row(name, f"{count:,}")
    console.print(table)


def _ask(console: Console, persons: int) -> None:
    if not sys.stdin.isatty():
        raise BadInput("nobody can be asked here whether to erase for good: add --yes, or look first with --dry-run")
    if console.input(f"Erase {persons:,} for good? Type yes: ").strip().lower() != "yes":
        raise BadInput("nothing was erased: answer yes, or add --yes")


def _show_foreign_files(console: Console, ground: Ground) -> None:
    for file, rows in files_that_name(ground.folder.lake, ground.places):
        console.print(
            f"note {file} is the shop's own and still names erased persons, in {rows:,} rows; they are never taken.",
            soft_wrap=True,
            highlight=False,
            markup=False,
        )


def _build_anew(console: Console, folder: DataFolder) -> int:
    """Runs the night of the published day again where an erasure is unfinished, which publishes and verifies."""
    if read_book(folder).unfinished:
        shop = {"as_of": _published_day(folder)} if published_file(folder.published).exists() else {}
        with StageLines(console) as lines:
            outcome = run_nightly(folder, shop, lines.tell)
            if not outcome.is_success:
                lines.fail()
        if not outcome.is_success:
            explain(console, outcome)
        for note in outcome.notes:
            if "erasure" in note.lower():
                console.print(f"note {note}", soft_wrap=True, highlight=False, markup=False)
    unfinished = read_book(folder).unfinished
    console.print("Not done yet: the next night goes on with it." if unfinished else "Erased, and nothing is left.")
    return NOT_VERIFIED if unfinished else 0


def _published_day(folder: DataFolder) -> str:
    with connect(published_file(folder.published), read_only=True) as connection:
        [(day,)] = connection.execute("select as_of_date from ops.night").fetchall()
    return str(day)
