"""Runs a tool on a file of customers in a process and environment of its own. What is printed about it: tables."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lifetime_value_tools.environments import HERE, environment_python


@dataclass(frozen=True)
class Tool:
    """A title, the script that runs it, and the environment of a rival; None means the project's own."""

    title: str
    script: str
    environment: str | None = None


@dataclass(frozen=True)
class Measured:
    """What a tool reported on some customers, and the file of its forecasts."""

    title: str
    report: dict[str, Any]
    scores: Path

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds of the four steps and their total."""
        steps: dict[str, float] = self.report["seconds"]
        return steps | {"total": sum(steps.values())}


@dataclass(frozen=True)
class Runner:
    """Where files and environments go, which Python makes the latter, how long a tool may take."""

    folder: Path
    environments: Path
    rival_python: str
    patience: float
    repeats: int

    def simulate(self, size: int, seed: int, is_recorded: bool = True) -> Path:
        """A file of simulated customers, written by a process of its own."""
        file = self.folder / f"{size}{'_recorded' * is_recorded}.parquet"
        command = [sys.executable, HERE / "customers.py", str(size), str(seed), file]
        subprocess.run(command + ["--recorded"] * is_recorded, check=True)
        return file

    def measure(self, tool: Tool, customers: Path, horizon: float) -> Measured | None:
        """What the tool reports; None when it takes longer than patience. Exits when it fails."""
        python: str | Path = sys.executable
        if tool.environment:
            python = environment_python(tool.environment, self.environments, self.rival_python)
        scores = self.folder / f"{customers.stem}_{Path(tool.script).stem}.parquet"
        command = [python, "-W", "ignore", HERE / tool.script, customers, scores, str(horizon), str(self.repeats)]
        try:
            run = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=self.patience)
        except subprocess.TimeoutExpired:
            return None
        if run.returncode:
            sys.exit(f"{tool.title} failed on {customers.name}; its own words are above")
        return Measured(tool.title, json.loads(run.stdout.splitlines()[-1]), scores)
