"""What Python itself costs a process that lives for one command. What the command does is not known here."""

import atexit
import gc
import os
import sys
from typing import NoReturn

NEW_OBJECTS = 50_000  # between two searches of the young; Python's 700 make 2,500 searches of a night's imports


def search_rarely() -> None:
    """Let Python search for circles of dead objects more rarely: they are few, and a night's modules are many."""
    gc.set_threshold(NEW_OBJECTS, 20, 50)


def leave(exit_code: int) -> NoReturn:
    """End this process, with everything said and cleaned up, but without taking its modules apart, object by object."""
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)
