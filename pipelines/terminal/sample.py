"""What `guanxi sample` shows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


def show_sample(
    console: Console, out: Path, customers: int, days: int, seed: int, until: date, nightly_files: bool
) -> None:
    """Generate the shop with a progress bar, then say where it is."""
    from pipelines.sample.generator import generate

    with _progress(console, "customers", customers) as show:
        generate(out, customers, days, seed, until, on_progress=show, nightly_files=nightly_files)
    console.print(f"Files in {out}, the truth about them in {out / 'truth'}.", highlight=False)
    console.print(f"Next: guanxi run --source sample={out}", highlight=False)


def show_continued_sample(console: Console, out: Path, days: int) -> None:
    """Continue the shop by some days with a progress bar, then say up to which day its files tell of it."""
    from pipelines.sample.continuing import continue_shop

    with _progress(console, "days", days) as show:
        truth = continue_shop(out, days, on_progress=show)
    console.print(f"Files of the days up to {truth.until} in {out}.", highlight=False)
    console.print(f"Next: guanxi run --source sample={out}", highlight=False)


@contextmanager
def _progress(console: Console, what: str, total: int) -> Iterator[Callable[[int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(what, total=total, visible=False)  # what is refused shows no bar
        yield lambda done: progress.update(task, completed=done, visible=True)
