"""What `guanxi sources` shows."""

from rich import box
from rich.console import Console
from rich.table import Table

from pipelines.landing.contracts import load_contracts
from pipelines.landing.sources import known_sources, load_source


def show_sources(console: Console) -> None:
    """Print each known source: what it is, its time zone, its currency, and the feeds it provides."""
    table = Table(box=box.SIMPLE_HEAD, header_style="dim", pad_edge=False)
    for heading in ("source", "time zone", "currency", "feeds"):
        table.add_column(heading, overflow="fold")
    for name in known_sources():
        source = load_source(name)
        feeds = ", ".join(feed for feed in load_contracts() if feed in source.feeds)
        table.add_row(
            f"[bold]{name}[/bold]", source.time_zone, source.currency, f"{feeds}\n[dim]{source.title.en}[/dim]"
        )
    console.print(table)
    console.print("Run one:         guanxi run --source NAME=FOLDER_OF_FILES", highlight=False)
    console.print(
        "Add a system:    a folder with a source.yml and a <feed>.sql each; see CONTRIBUTING.md", highlight=False
    )
    console.print("                 guanxi run --source FOLDER_OF_SQL=FOLDER_OF_FILES", highlight=False)
