"""The command `guanxi`: parses, calls, prints. What it calls stands elsewhere."""

import errno
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from pipelines.folders import private_files
from pipelines.problems import BadInput
from pipelines.sample.defaults import CUSTOMERS, DAYS, SEED, UNTIL

if TYPE_CHECKING:
    from pipelines.folders import DataFolder

# Faults of the machine that its owner can mend: a full or read-only disk, rights that are missing.
MENDABLE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}

app = typer.Typer(
    help="Customer analytics for online shops: from nightly exports to one trustworthy file per customer.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Where lake, warehouse and published file lie.")]
Sources = Annotated[
    list[str] | None,
    typer.Option(
        "--source",
        metavar="NAME_OR_FOLDER=DATA_DIR",
        help="A source and its files; may be repeated. Needed once: the data directory remembers its shop.",
    ),
]


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"guanxi {version('guanxi')}")
        raise typer.Exit


@app.callback()
def guanxi(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Customer analytics for online shops: from nightly exports to one trustworthy file per customer."""


@app.command()
def run(
    source: Sources = None,
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
    memory_limit: Annotated[
        str | None, typer.Option(help="Memory that DuckDB may use, as in 3GB; what does not fit it puts on disk.")
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(help="The engine that builds the tables: duckdb, or spark (pip install 'guanxi\\[spark]')."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but what went wrong.")] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object: verdict, rows, rules, file, seconds.")
    ] = False,
) -> None:
    """Run the main job: ingest, gate, model, predict, publish. Exit code 0 only when tonight's file is published."""
    from pipelines.settings.reading import checked_options

    folder = _folder(data_dir)
    said = {
        "sources": source,
        "as_of": as_of,
        "discount_rate": discount_rate,
        "memory_limit": memory_limit,
        "target": target,
    }
    options = checked_options(folder, said)
    shop = {**options, "full_refresh": full_refresh}
    from pipelines.terminal.night import Shown, show_night

    console = Console(file=sys.stdout)  # this very stream: while the run works, what others print goes to its log
    raise typer.Exit(show_night(console, folder, shop, Shown.JSON if json else Shown.LITTLE if quiet else Shown.ALL))


@app.command()
def status(
    data_dir: DataDir = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say how the last night ended, which rules broke, what is published and when the next night is due."""
    from pipelines.terminal.status import show_status

    show_status(Console(file=sys.stdout), _folder(data_dir), json)


@app.command()
def config(
    data_dir: DataDir = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    dbt_vars: Annotated[
        bool, typer.Option("--dbt-vars", help="Print what dbt wants after --vars, to run it by hand.")
    ] = False,
) -> None:
    """List the shop's settings: what is in force, who has said so, what it means."""
    from pipelines.terminal.config import Form, show_config

    form = Form.DBT if dbt_vars else Form.JSON if json else Form.TABLE
    show_config(Console(file=sys.stdout), data_dir, _folder(data_dir), form)


@app.command()
def sample(
    context: typer.Context,
    out: Annotated[
        Path, typer.Option(help="An empty or new folder for the landing files; with --continue-by that of a shop.")
    ],
    customers: Annotated[int, typer.Option(min=1, help="People in the shop.")] = CUSTOMERS,
    days: Annotated[int, typer.Option(help="Days of history, up to --until.")] = DAYS,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files, byte for byte.")] = SEED,
    until: Annotated[str, typer.Option(help="The last day of history.")] = UNTIL.isoformat(),
    nightly_files: Annotated[
        bool, typer.Option("--nightly-files", help="A file a feed and day, with late and corrected rows, as exported.")
    ] = False,
    continue_by: Annotated[
        int | None, typer.Option(metavar="DAYS", help="Add the nightly files of the next days to the shop in OUT.")
    ] = None,
) -> None:
    """Generate the landing files of an invented shop, with the truth about them in OUT/truth, or go on with one."""
    from pipelines.settings.values import day_of
    from pipelines.terminal.sample import show_continued_sample, show_sample

    if continue_by is not None:
        _refuse_what_the_shop_remembers(context)
        return show_continued_sample(Console(), out, continue_by)
    try:
        last_day = day_of(until)
    except ValueError as problem:
        raise BadInput(f"--until: {problem}") from None
    return show_sample(Console(), out, customers, days, seed, last_day, nightly_files)


def _refuse_what_the_shop_remembers(context: typer.Context) -> None:
    sources = {name: context.get_parameter_source(name) for name in context.params}
    said = {name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"}
    if superfluous := sorted(said - {"out", "continue_by"}):
        options = ", ".join(f"--{name.replace('_', '-')}" for name in superfluous)
        raise BadInput(f"--continue-by goes without {options}: the shop in --out remembers how it was made")


@app.command()
def sources() -> None:
    """List the shop systems that Guanxi can read, and the feeds each provides."""
    from pipelines.terminal.sources import show_sources

    show_sources(Console())


@app.command()
def tables(
    name: Annotated[str | None, typer.Argument(help="A table, e.g. marts.customer_360 or customer_360.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the whole data dictionary.")] = False,
) -> None:
    """List the tables that readers get and the question each answers; of one its columns and a select to begin with."""
    from pipelines.terminal.tables import show_dictionary, show_table, show_tables

    if markdown:
        show_dictionary()
    elif name:
        show_table(Console(file=sys.stdout), name)
    else:
        show_tables(Console(file=sys.stdout))


@app.command()
def ui(
    source: Sources = None,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 3000,
    data_dir: DataDir = None,
) -> None:
    """Open the Dagster web UI and start its daemon (schedules, queue) on 127.0.0.1."""
    from pipelines.settings.reading import OPTION, read_settings
    from pipelines.terminal.ui import serve

    folder = _folder(data_dir)
    serve(Console(file=sys.stdout), folder, read_settings(folder, {"sources": source or None}, OPTION), port)


@app.command()
def erase(
    identifier: Annotated[
        list[str],
        typer.Option(
            help="The person's e-mail address, phone number, account id or customer_id; may be repeated. With - they "
            "are read from standard input, one a line, and stay out of the shell's history.",
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Erase a person from everything in the data directory, for good, and keep later files from bringing them back."""
    from pipelines.terminal.erase import show_erasure

    folder = _folder(data_dir)
    raise typer.Exit(show_erasure(Console(file=sys.stdout), folder, identifier, dry_run, yes))


models = typer.Typer(help="The models that are kept: which scores and why, and a word on which shall.")
app.add_typer(models, name="models")


@models.callback(invoke_without_command=True)
def list_models(context: typer.Context, data_dir: DataDir = None) -> None:
    """List the models that are kept, the part that each plays, and why."""
    context.obj = data_dir
    if context.invoked_subcommand is None:
        from pipelines.terminal.models import show_models

        show_models(Console(file=sys.stdout), _folder(data_dir))


@models.command("show")
def show_model(
    context: typer.Context,
    score: Annotated[str, typer.Argument(help="A score that learns, e.g. churn.")],
    day: Annotated[
        str | None, typer.Argument(help="The day it learned as of, or newest; by default the champion's.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Print the card of a model in words."""
    from pipelines.terminal.models import show_model

    show_model(Console(file=sys.stdout), _folder(data_dir or context.obj), score, day)


@models.command("use")
def use_model(
    context: typer.Context,
    score: Annotated[str, typer.Argument(help="A score that learns, e.g. churn.")],
    day: Annotated[str, typer.Argument(help="The day of the model that is to score, or newest: the rule chooses.")],
    data_dir: DataDir = None,
) -> None:
    """Pin the model that scores from the next night on, or let the rule choose again."""
    from pipelines.terminal.models import use_model

    use_model(Console(file=sys.stdout), _folder(data_dir or context.obj), score, day)


def _folder(data_dir: Path | None) -> "DataFolder":
    from pipelines.settings.reading import data_folder

    if data_dir is not None and data_dir == Path():
        raise BadInput("--data-dir is empty: name the folder of the shop, which is made when it does not exist")
    return data_folder(data_dir)


def program() -> None:
    """What a shell calls, a process of its own."""
    from pipelines.process import leave, search_rarely

    search_rarely()
    try:
        main()
    except SystemExit as end:
        leave(end.code if isinstance(end.code, int) else int(end.code is not None))


def main() -> None:
    """Does what is asked and raises SystemExit: bad input is one line and exit code 2.

    Whatever a command makes is its owner's alone, the very folder of a shop too.
    """
    try:
        with private_files():
            app()
    except BadInput as problem:
        _refuse(str(problem))
    except OSError as problem:
        if problem.errno not in MENDABLE:
            raise
        where = f"{problem.filename} cannot be used: " if problem.filename else ""
        _refuse(f"{where}{problem.strerror}; mend its rights or free some disk space, then run again")


def _refuse(message: str) -> None:
    Console(stderr=True).print(
        f"[red]guanxi:[/red] {escape(' '.join(message.split()))}", soft_wrap=True, highlight=False
    )
    sys.exit(2)
