"""`guanxi ui` hands over to Dagster where our own packages are found, whatever lies in the data directory."""

import os
import signal
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from pipelines.folders import DataFolder
from pipelines.settings.reading import read_settings
from pipelines.terminal import ui


def test_what_the_code_location_imports_is_ours_although_dagster_looks_where_it_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = DataFolder(tmp_path / "data")
    (folder.home / "models" / "lifetime_value" / "2026-06-30").mkdir(parents=True)  # as a night leaves it
    started: list[list[str]] = []
    monkeypatch.setattr("pipelines.sample.defaults.CUSTOMERS", 30)
    monkeypatch.setattr("pipelines.sample.defaults.DAYS", 60)
    monkeypatch.setattr(os, "execv", lambda program, arguments: started.append(arguments))
    monkeypatch.setattr(signal, "signal", lambda *told: None)
    monkeypatch.chdir(tmp_path)  # where the test comes back to
    for name in ("GUANXI_DATA_DIR", "DAGSTER_HOME", "DAGSTER_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "")  # what it says is of this test alone
    mask = os.umask(0o022)
    try:
        ui.serve(Console(file=StringIO()), folder, read_settings(folder, {}), port=3_933)
        program = "import sys; sys.path.insert(0, ''); import pipelines.modelling.lifetime_value"
        imported = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    finally:
        os.umask(mask)
    assert [arguments[1] for arguments in started] == ["dev"]
    made = [path for path in (folder.landing, folder.dagster_home) for path in (path, *path.rglob("*"))]
    assert [path for path in made if path.stat().st_mode & 0o077] == []
    assert (imported.returncode, imported.stderr) == (0, "")
