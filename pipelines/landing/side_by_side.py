"""Pieces of work in threads of their own that end as soon as nobody waits for them. What they do is not known here."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import duckdb

Answer = TypeVar("Answer")
PATIENCE_SECONDS = 0.05


class Stopped(Exception):
    """Nobody waits for this piece of work any more."""


class _Stop:
    """Whether work shall end, and the connections that it may be waiting for."""

    def __init__(self) -> None:
        self.is_asked = threading.Event()
        self.connections: list[duckdb.DuckDBPyConnection] = []

    def end(self, answers: Sequence[Future]) -> None:
        """Ends what is at work; the rest is never begun."""
        self.is_asked.set()
        for answer in answers:
            answer.cancel()
        while wait(answers, PATIENCE_SECONDS).not_done:
            for connection in tuple(self.connections):
                _interrupt(connection)


def _interrupt(connection: "duckdb.DuckDBPyConnection") -> None:
    import duckdb

    with suppress(duckdb.ConnectionException):  # it is closed
        connection.interrupt()


class _Here(threading.local):
    stop: _Stop | None = None


_here = _Here()


@contextmanager
def side_by_side(pieces: Sequence[Callable[[], Answer]], at_once: int) -> Iterator[list[Future[Answer]]]:
    """The answers of the pieces, which begin in their order; whatever is still at work in the end is stopped."""
    stop = _Stop()
    with ThreadPoolExecutor(at_once, initializer=setattr, initargs=(_here, "stop", stop)) as threads:
        answers = [threads.submit(piece) for piece in pieces]
        try:
            yield answers
        finally:
            stop.end(answers)


def end_if_stopped() -> None:
    """To be called now and then by work that takes long."""
    if _here.stop and _here.stop.is_asked.is_set():
        raise Stopped


def interrupt_if_stopped(connection: "duckdb.DuckDBPyConnection") -> None:
    """To be called of each connection that work may wait for."""
    if _here.stop:
        _here.stop.connections.append(connection)
