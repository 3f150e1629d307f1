"""A copy of the project, to which each recipe of CONTRIBUTING adds its files, and one night that it lives through."""

import csv
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

CODE = ("pipelines", "models", "expectations", "dbt_project", "dagster.yaml", "workspace.yaml", "pyproject.toml")
ADDED = Path(__file__).parent / "added"


@dataclass(frozen=True)
class Copy:
    """The project's code in another folder, and the data directory that it works in."""

    folder: Path
    data: Path

    def run(self, *arguments: str) -> str:
        """The command `guanxi` of the copy; what it prints."""
        command = [sys.executable, "-c", "from pipelines.cli import main; main()", *arguments]
        done = subprocess.run(command, cwd=self.folder, env=self._environment(), capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, program: str) -> str:
        """What a Python program prints that imports the copy's code."""
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, cwd=self.folder, env=self._environment(), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(self.folder), "GUANXI_DATA_DIR": str(self.data)}


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The copy after a night of a small shop whose returns have landed too; files were added to it, and one setting."""
    from pipelines.sample.generator import generate

    folder = tmp_path_factory.mktemp("recipes") / "project"
    for name in CODE:
        source = REPOSITORY / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("target", "logs", "generated", "__pycache__")
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy(source, folder / name)
    for file in added_files():
        assert not (folder / file).exists(), f"{file} is edited, not added"
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ADDED / file, folder / file)
    add_setting(folder / "pipelines" / "settings" / "model.py")
    landing = folder.parent / "landed"
    generate(landing, customers=300, days=500, seed=3)
    (landing / "returns.csv").write_text(returns_of(landing))
    done = Copy(folder, folder.parent / "data")
    done.data.mkdir()
    (done.data / "shop.yml").write_text("value: {habitual_return_share: 0.25}\n")
    done.run("run", "--source", f"sample={landing}", "--as-of", "2026-06-30", "--quiet")
    return done


def add_setting(model: Path) -> None:
    """One field in its group, as the recipe says; the only line of the project that a recipe writes into."""
    before = "class Value(Group):\n"
    text = model.read_text()
    assert text.count(before) == 1
    end = text.index('"""\n', text.index(before) + len(before)) + len('"""\n')
    field = (
        "    habitual_return_share: float = setting(0.5, 'who returns so much', 'habitual_return_share', gt=0, le=1)\n"
    )
    model.write_text(text[:end] + "\n" + field + text[end:])


def added_files() -> list[str]:
    """What the recipes add, seen from the project's folder."""
    return sorted(str(path.relative_to(ADDED)) for path in ADDED.rglob("*") if path.is_file())


def returns_of(landing: Path) -> str:
    """A file of returns: some orders came back on the last of May; one row names no order and so is none."""
    with next(landing.glob("orders*")).open(encoding="utf-8") as file:
        placed = {row["order_id"]: row["ordered_at"] for row in csv.DictReader(file)}
    early = sorted(order for order, at in placed.items() if order and "2025-01-01" < (at or "") < "2026-05-01")
    lines = [f"R{number},{order},2026-05-31 10:00:00" for number, order in enumerate(early[::40])]
    return "\n".join(["return_id,order_id,returned_at", *lines, "R-none,,2026-05-01 10:00:00", ""])
