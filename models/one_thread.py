"""Computing on one thread: whole forecasts, and estimators of trees, which are used alone too. It computes nothing."""

from collections.abc import Callable
from functools import cache, wraps
from typing import ParamSpec, TypeVar

from threadpoolctl import ThreadpoolController

Parameters = ParamSpec("Parameters")
Returned = TypeVar("Returned")


def on_one_thread(function: Callable[Parameters, Returned]) -> Callable[Parameters, Returned]:
    """The same function, its trees and matrix products on one thread.

    Threads that meet after every tree and every small product mostly wait for each other: on two busy cores two took
    three times as long as one. One also adds in one order, so that no result depends on the machine's number of cores.
    """

    @wraps(function)
    def limited(*arguments: Parameters.args, **named: Parameters.kwargs) -> Returned:
        with _libraries().limit(limits=1):
            return function(*arguments, **named)

    return limited


@cache
def _libraries() -> ThreadpoolController:
    """Those that have threads, looked for once, which takes as long as to score some hundred rows."""
    import sklearn  # noqa: F401 # the last to bring one

    return ThreadpoolController()
