"""What `guanxi sources` shows."""

from rich.console import Console
from rich.table import Table

from pipelines.landing.contracts import load_contracts
from pipelines.landing.sources import known_sources, load_source


def show_sources(console: Console) -> None:
    """Print one line per known source: its zone, its currency, and a tick for each feed it provides."""
    feeds = list(load_contracts())
    table = Table(title="Sources that Guanxi can read", title_justify="left")
    for heading in ("source", "what it is", "time zone", "currency", *feeds):
        table.add_column(heading, justify="center" if heading in feeds else "left")
    for name in known_sources():
        source = load_source(name)
        ticks = ["✓" if feed in source.feeds else "" for feed in feeds]
        table.add_row(name, source.title.en, source.time_zone, source.currency, *ticks)
    console.print(table)
    console.print(
        "Another shop system is a folder with a source.yml and a <feed>.sql each: guanxi run --source FOLDER=FILES"
    )
