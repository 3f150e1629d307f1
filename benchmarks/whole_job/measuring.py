"""Runs a program in a process of its own and watches what it and its children take. What it does is its own matter."""

import os
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

PROCESSES = Path("/proc")
PAGE = os.sysconf("SC_PAGE_SIZE")
INTERVAL = 0.05  # seconds between two looks at the memory


@dataclass(frozen=True)
class Watched:
    """A program that is over: when it began, what it took, and the resident memory of its processes over time."""

    exit_code: int
    began: float
    seconds: float
    cpu_seconds: float
    memory: list[tuple[float, int]] = field(repr=False)

    @property
    def peak_bytes(self) -> int | None:
        """The most memory that all its processes held together; None where /proc does not tell."""
        return max((held for _, held in self.memory), default=None)


def watch(command: list[str], folder: Path, environment: dict[str, str], log: Path) -> Watched:
    """Run the command in `folder` to its end; what it prints goes to `log`."""
    before, began = os.times(), time.monotonic()
    memory: list[tuple[float, int]] = []
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT
        )
        is_over = threading.Event()
        watcher = threading.Thread(target=_look, args=(process.pid, is_over, memory))
        watcher.start()
        try:
            exit_code = process.wait()
        finally:
            is_over.set()
            watcher.join()
    seconds, after = time.monotonic() - began, os.times()
    children = (after.children_user - before.children_user) + (after.children_system - before.children_system)
    return Watched(exit_code, began, seconds, children, memory)


def _look(root: int, is_over: threading.Event, memory: list[tuple[float, int]]) -> None:
    while PROCESSES.is_dir() and not is_over.wait(INTERVAL):
        memory.append((time.monotonic(), _resident(root)))


def _resident(root: int) -> int:
    """Bytes that a process and all below it hold in memory."""
    total, waiting = 0, [root]
    while waiting:
        process = PROCESSES / str(waiting.pop())
        try:
            total += int((process / "statm").read_text().split()[1]) * PAGE
            for thread in (process / "task").iterdir():
                waiting += map(int, (thread / "children").read_text().split())
        except OSError:  # it has ended
            continue
    return total
