"""What `guanxi sample` shows."""

from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


def show_sample(console: Console, out: Path, customers: int, days: int, seed: int, until: date) -> None:
    """Generate the shop with a progress bar, then say what was planted."""
    from pipelines.sample.generator import generate

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("customers", total=customers)
        generate(out, customers, days, seed, until, on_progress=lambda done: progress.update(task, completed=done))
    console.print(f"Files in {out}, the truth about them in {out / 'truth'}.", highlight=False)
    console.print(f"Next: guanxi run --source sample={out}", highlight=False)
