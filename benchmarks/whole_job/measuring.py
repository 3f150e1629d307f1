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
    """A program that is over: when it began, what it took, and the resident memory of its processes over time.

    `others_cpu_seconds` is what all else on the machine took meanwhile: where it is much, seconds say little.
    """

    exit_code: int
    began: float
    seconds: float
    cpu_seconds: float
    others_cpu_seconds: float | None
    memory: list[tuple[float, int]] = field(repr=False)

    @property
    def peak_bytes(self) -> int | None:
        """The most memory that all its processes held together; None where /proc does not tell."""
        return max((held for _, held in self.memory), default=None)


def watch(command: list[str], folder: Path, environment: dict[str, str], log: Path) -> Watched:
    """Run the command in `folder` to its end; what it prints goes to `log`."""
    before, busy_before, began = os.times(), _busy(), time.monotonic()
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
    seconds, after, busy_after = time.monotonic() - began, os.times(), _busy()
    own = sum(after[:4]) - sum(before[:4])
    children = sum(after[2:4]) - sum(before[2:4])
    others = max(busy_after - busy_before - own, 0.0) if busy_before and busy_after else None
    return Watched(exit_code, began, seconds, children, others, memory)


def _busy() -> float | None:
    """Processor seconds of everybody since the machine began; waiting for nothing or for the disk is none."""
    if not (PROCESSES / "stat").exists():
        return None
    user, nice, system, _idle, _waiting, *rest = map(int, (PROCESSES / "stat").read_text().split()[1:9])
    return (user + nice + system + sum(rest)) / os.sysconf("SC_CLK_TCK")


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
