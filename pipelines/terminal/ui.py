"""What `guanxi ui` prints before the web UI takes over the terminal."""

import os
import signal
import socket
import sys
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from pipelines.folders import PRIVATE, REPOSITORY, DataFolder
from pipelines.night.owner import keep_to_owner
from pipelines.night.shop import at_work, open_shop, record_shop, require_files
from pipelines.problems import BadInput
from pipelines.runner import prepare_instance
from pipelines.settings.model import Settings
from pipelines.terminal.first_shop import invent_first_shop

HOST = "127.0.0.1"


def serve(console: Console, folder: DataFolder, settings: Settings, port: int) -> None:
    """Become Dagster's web server and daemon for the shop of this data directory; a shop that is named is recorded."""
    shop = open_shop(folder, settings)
    _require_free(port)
    if invent_first_shop(folder, settings, lambda moment: None):
        console.print(f"An invented shop is in {escape(str(folder.landing))}.", soft_wrap=True, highlight=False)
    if settings.sources != shop.recorded:
        with at_work(folder):
            require_files(shop)
            record_shop(shop)
    folder.home.mkdir(parents=True, exist_ok=True)
    prepare_instance(folder)
    keep_to_owner(folder, settings.published_for)
    os.environ["GUANXI_DATA_DIR"] = str(folder.home)
    os.umask(PRIVATE)
    console.print(f"Open [bold]http://{HOST}:{port}[/bold] in a browser of this machine (ready in about 20 s).")
    console.print(
        f"The shop of {escape(', '.join(shop.source_names))} in {escape(str(folder.home))}. End with Ctrl-C.",
        soft_wrap=True,
        highlight=False,
    )
    dagster, workspace = str(Path(sys.executable).parent / "dagster"), str(REPOSITORY / "workspace.yaml")
    # Dagster imports from here first, so not where a folder is called as a package of ours (models/); and it would warn
    # of the dagster.yaml of the checkout, of which this is the copy.
    os.chdir(folder.dagster_home)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background job ignores it, and so could not be ended
    os.execv(dagster, [dagster, "dev", "--workspace", workspace, "--host", HOST, "--port", str(port)])


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as problem:
            raise BadInput(
                f"port {port} cannot be used ({getattr(problem, 'strerror', None) or problem}): "
                f"end what listens there, or choose another with --port"
            ) from None
