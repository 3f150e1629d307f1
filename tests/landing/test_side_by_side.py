"""Work in several threads: answers come in order, and nobody has to wait for what is wanted no more."""

import threading
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import duckdb
import pytest

from pipelines.landing.side_by_side import Stopped, end_if_stopped, side_by_side
from pipelines.landing.sql import open_connection

ENDLESS = "select count(*) from range(10000000000) as one, range(1000) as other where one.range % 7 = other.range % 11"


def fail(what: str) -> None:
    raise ValueError(what)


def test_answers_come_in_order_and_two_are_at_work_at_once() -> None:
    both = threading.Barrier(2, timeout=10)
    with side_by_side([both.wait, both.wait, lambda: 7], 2) as answers:
        assert {answers[0].result(), answers[1].result()} == {0, 1}
        assert answers[2].result() == 7


def test_the_error_that_is_met_is_the_first_in_order() -> None:
    def ask_all() -> None:
        with side_by_side([partial(time.sleep, 0.1), lambda: fail("first"), lambda: fail("second")], 3) as answers:
            for answer in answers:
                answer.result()

    with pytest.raises(ValueError, match="first"):
        ask_all()


def test_what_is_wanted_no_more_ends_at_once_and_what_has_not_begun_never_does(tmp_path: Path) -> None:
    at_work = threading.Barrier(3, timeout=10)

    def ask() -> None:
        with open_connection(tmp_path) as connection:
            at_work.wait()
            connection.execute(ENDLESS).fetchall()

    def loop() -> None:
        at_work.wait()
        while True:
            end_if_stopped()

    began = time.monotonic()
    with suppress(KeyboardInterrupt), side_by_side([ask, loop, partial(fail, "has begun")], 2) as answers:
        at_work.wait()
        raise KeyboardInterrupt
    assert time.monotonic() - began < 5
    assert isinstance(answers[0].exception(), duckdb.InterruptException)
    assert isinstance(answers[1].exception(), Stopped)
    assert answers[2].cancelled()


def test_work_in_no_thread_of_its_own_is_never_stopped(tmp_path: Path) -> None:
    end_if_stopped()
    with open_connection(tmp_path) as connection:
        assert connection.execute("select 1").fetchall() == [(1,)]
