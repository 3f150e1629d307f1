"""dbt's manifest on a fresh clone: made once and whole, however many commands start at the same time."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

READ = "from pipelines.dbt import manifest; print(len(manifest()['nodes']))"


@pytest.mark.wide
def test_two_commands_at_once_on_a_fresh_clone_read_one_whole_manifest(tmp_path: Path) -> None:
    shutil.copytree(REPOSITORY / "pipelines", tmp_path / "pipelines")
    ignored = shutil.ignore_patterns("target", "logs")
    shutil.copytree(REPOSITORY / "dbt_project", tmp_path / "dbt_project", ignore=ignored)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "GUANXI_DATA_DIR": str(tmp_path / "data")}
    commands = [
        subprocess.Popen(
            [sys.executable, "-c", READ],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    told = [command.communicate(timeout=120) for command in commands]
    assert [command.returncode for command in commands] == [0, 0], told
    whole = json.loads((tmp_path / "dbt_project" / "target" / "manifest.json").read_text())
    assert {printed.strip() for printed, _ in told} == {str(len(whole["nodes"]))}
    assert not list((tmp_path / "dbt_project" / "target").glob("parse-*"))
