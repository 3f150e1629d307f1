"""The command `guanxi`: parses, calls, prints. What it calls stands elsewhere."""

import os
import signal
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipelines.problems import BadInput

app = typer.Typer(
    help="Customer analytics for online shops: from nightly exports to one trustworthy file per customer.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Where lake, warehouse and published file lie.")]


@app.command()
def run(
    source: Annotated[
        list[str] | None,
        typer.Option("--source", metavar="NAME_OR_FOLDER=DATA_DIR", help="A source and its files; may be repeated."),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(help="The business day to describe; by default the last one with orders.")
    ] = None,
    data_dir: DataDir = None,
    full_refresh: Annotated[
        bool, typer.Option(help="Throw the build warehouse away and build it from the lake.")
    ] = False,
    discount_rate: Annotated[
        str | None, typer.Option(help="A year's interest at which expected money is discounted, 0.1 for 10 %.")
    ] = None,
) -> None:
    """Run the main job: ingest, gate, model, predict, publish. Exit code 0 only when tonight's file is published."""
    from pipelines.sample.demo import ensure_sample
    from pipelines.settings import DataFolder, read_rate, read_settings, split_sources
    from pipelines.shop import open_shop, read_as_of, require_files, require_nobody_at_work
    from pipelines.terminal.night import show_night

    settings = read_settings()
    home = data_dir.expanduser().absolute() if data_dir else settings.data_dir
    sources = split_sources(source) if source else settings.sources
    wanted = as_of or settings.as_of
    opened = open_shop(home, sources)
    if wanted:
        read_as_of(wanted)
    require_nobody_at_work(opened)
    ensure_sample(opened)
    require_files(opened)
    shop = {
        "data_dir": str(home),
        "sources": sources,
        "as_of": wanted,
        "full_refresh": full_refresh,
        "discount_rate": read_rate(discount_rate) if discount_rate else settings.discount_rate,
    }
    console = Console(file=sys.stdout)  # this very stream: while the run works, what others print goes to its log
    raise typer.Exit(show_night(console, DataFolder(home), shop))


@app.command()
def sample(
    out: Annotated[Path, typer.Option(help="An empty or new folder for the landing files.")],
    customers: Annotated[int, typer.Option(min=1, help="People in the shop.")] = 4_000,
    days: Annotated[int, typer.Option(help="Days of history, up to --until.")] = 730,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files, byte for byte.")] = 42,
    until: Annotated[str, typer.Option(help="The last day of history.")] = "2026-06-30",
) -> None:
    """Generate the landing files of an invented shop, with the truth about them in OUT/truth."""
    from pipelines.terminal.sample import show_sample

    show_sample(Console(), out, customers, days, seed, _date(until))


@app.command()
def sources() -> None:
    """List the shop systems that Guanxi can read, and the feeds each provides."""
    from pipelines.terminal.sources import show_sources

    show_sources(Console())


@app.command()
def ui(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 3000,
    data_dir: DataDir = None,
) -> None:
    """Open the Dagster web UI and start its daemon (schedules, queue) on 127.0.0.1."""
    from pipelines.runner import prepare_instance
    from pipelines.settings import REPOSITORY, DataFolder, read_settings

    home = data_dir.expanduser().absolute() if data_dir else read_settings().data_dir
    os.environ["GUANXI_DATA_DIR"] = str(home)
    prepare_instance(DataFolder(home))
    dagster, workspace = str(Path(sys.executable).parent / "dagster"), str(REPOSITORY / "workspace.yaml")
    os.chdir(home)  # Dagster would warn of the checkout's dagster.yaml, whose copy it already has
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background job ignores it, and so could not be ended
    os.execv(dagster, [dagster, "dev", "--workspace", workspace, "--host", "127.0.0.1", "--port", str(port)])


def _date(text: str) -> date:
    from pipelines.shop import read_as_of

    return read_as_of(text)


def main() -> None:
    """Entry point: bad input is one line and exit code 2."""
    try:
        app()
    except BadInput as problem:
        Console(stderr=True).print(f"[red]guanxi:[/red] {problem}", soft_wrap=True, highlight=False)
        sys.exit(2)
