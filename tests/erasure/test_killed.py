"""An erasure killed at any moment is gone on with by the next command or night, and ends as one that was not."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.erasure.book import read_book
from pipelines.folders import DataFolder
from tests.erasure.reading import hits, of_customers
from tests.erasure.shops import AS_OF, OWN, counted, shop_in, some_customers

pytestmark = pytest.mark.slow

# In the order of the steps: a function of a module that dies at its nth call, before doing anything.
MOMENTS = [
    ("pipelines.erasure.book", "_sync", 1),
    ("pipelines.erasure.steps", "purge", 1),
    ("pipelines.landing.erased.landed", "move_durably", 1),
    ("pipelines.landing.parts", "move_durably", 2),
    ("pipelines.landing.erased.parts", "manifest_path", 2),
    ("pipelines.landing.erased.landed", "purge_part", 3),
    ("pipelines.erasure.steps", "purge_remains", 1),
    ("pipelines.erasure.steps", "throw_build_away", 1),
    ("pipelines.warehouse.publication", "_swap", 1),
    ("pipelines.erasure.steps", "drop_all_but_current", 1),
    ("pipelines.erasure.steps", "traces", 1),
]
SCRIPT = """
import importlib, os, signal, sys
from pipelines.cli import main
module, function, calls = sys.argv.pop(1), sys.argv.pop(1), int(sys.argv.pop(1))
if module:
    module, left = importlib.import_module(module), [calls]
    real = getattr(module, function)
    def deadly(*arguments, **named):
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **named)
    setattr(module, function, deadly)
main()
"""


def command(home: Path, identifiers: list[str], is_night: bool, moment: tuple[str, str, int] = ("", "", 0)) -> int:
    asked = ["run", "--as-of", AS_OF] if is_night else ["erase", "--identifier", "-", "--yes"]
    told = [sys.executable, "-c", SCRIPT, moment[0], moment[1], str(moment[2]), *asked, "--data-dir", str(home)]
    ended = subprocess.run(
        told, input="\n".join(identifiers).encode(), capture_output=True, timeout=600, check=False, env={**os.environ}
    )
    return ended.returncode


def test_an_erasure_killed_at_eleven_moments_is_finished(tmp_path: Path) -> None:
    home = tmp_path / "data"
    run = shop_in(home, 400)
    chosen = some_customers(home, 20)
    values = of_customers(home, chosen)
    before = counted(run.published, chosen)
    for number, moment in enumerate(MOMENTS):
        assert command(home, chosen, number % 3 == 2, moment) == -signal.SIGKILL, moment
        assert counted(run.published, chosen)["marts.dim_customers"][0] in (
            before["marts.dim_customers"][0],
            before["marts.dim_customers"][0] - len(chosen),
        )
    assert command(home, chosen, is_night=False) == 0
    assert hits(home, set().union(*values.values())) == {}
    after = counted(run.published, chosen)
    assert {table: after[table][0] for table in OWN} == {table: before[table][0] - before[table][1] for table in OWN}
    book = read_book(DataFolder(home))
    assert len(book.erasures) == len(chosen)
    assert all(erasure.verified_at for erasure in book.erasures)
    assert not list(home.rglob(".work-*"))
