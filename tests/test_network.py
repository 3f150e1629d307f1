"""A run needs no network: where every connection beyond this machine is refused and written down, it succeeds."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

GUARD = """
import os, sys

def refuse(event, arguments):
    if event == "socket.getaddrinfo":
        host = str(arguments[0])
    elif event in ("socket.connect", "socket.sendto"):
        host = str(arguments[1][0]) if isinstance(arguments[1], tuple) else "local"
    else:
        return
    if host not in ("local", "localhost", "127.0.0.1", "::1", "None"):
        with open(os.environ["GUANXI_TEST_ATTEMPTS"], "a") as file:
            file.write(f"{event} {host}\\n")
        raise OSError("no network in this test")

sys.addaudithook(refuse)
"""


@pytest.fixture
def guarded(tmp_path: Path) -> dict[str, str]:
    """An environment in which every Python process, dbt's too, writes down and refuses what leaves the machine."""
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard" / "sitecustomize.py").write_text(GUARD)
    silent = {name: value for name, value in os.environ.items() if "TELEMETRY" not in name and "ANALYTICS" not in name}
    return {
        **silent,
        "PYTHONPATH": str(tmp_path / "guard"),
        "GUANXI_TEST_ATTEMPTS": str(tmp_path / "attempts.txt"),
        "HOME": str(tmp_path),
    }


def test_the_guard_sees_an_attempt(guarded: dict[str, str], tmp_path: Path) -> None:
    code = "import socket; socket.create_connection(('example.com', 80), timeout=1)"
    result = subprocess.run([sys.executable, "-c", code], env=guarded, capture_output=True, text=True, check=False)
    assert "no network in this test" in result.stderr
    assert "example.com" in (tmp_path / "attempts.txt").read_text()


@pytest.mark.wide
def test_a_run_reaches_out_to_nobody(guarded: dict[str, str], sample_files: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", "run"]
    command += ["--source", f"sample={sample_files}", "--data-dir", str(tmp_path / "data")]
    result = subprocess.run(command, env=guarded, capture_output=True, text=True, check=False, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr
    attempts = tmp_path / "attempts.txt"
    assert not attempts.exists(), attempts.read_text()
    assert not list(tmp_path.rglob(".user.yml"))
    assert not (tmp_path / ".dagster").exists()
