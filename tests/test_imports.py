"""A command imports what it uses: whoever asks for help or for a setting does not wait for libraries of the night."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("dagster", "dagster_dbt", "dbt", "duckdb", "great_expectations", "matplotlib", "pandas", "scipy", "sklearn")


@pytest.mark.parametrize("command", [["--help"], ["--version"], ["config"]])
def test_a_quick_command_imports_no_library_of_the_night(command: list[str], tmp_path: Path) -> None:
    program = (
        "import sys, atexit; from pipelines.cli import main;"
        f"atexit.register(lambda: print('loaded:', *sorted(set({HEAVY}) & set(sys.modules)))); main()"
    )
    arguments = [*command, "--data-dir", str(tmp_path)] if command == ["config"] else command
    told = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines()[-1].split() == ["loaded:"]
