"""Says in one line what is wrong with a source.yml. What its settings mean does not belong here."""

import difflib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def first_fault(error: ValidationError, models: Mapping[str, type[BaseModel]], hidden: str) -> str:
    """A fault with its place; an unknown key, the first to be told, with the known ones and the likeliest of them.

    `models` are the models by the setting they stand under, "" being the whole; `hidden` is a field no user sets.
    """
    fault = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
    place = ".".join(str(step) for step in fault["loc"])
    message = _of_unknown_key(fault, models, hidden) or fault["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message


def _of_unknown_key(fault: "ErrorDetails", models: Mapping[str, type[BaseModel]], hidden: str) -> str | None:
    if fault["type"] != "extra_forbidden":
        return None
    *above, key = (str(step) for step in fault["loc"])
    known = [name for name in models[above[0] if above else ""].model_fields if name != hidden]
    likely = difflib.get_close_matches(key, known, n=1)
    guess = f"; did you mean {likely[0]}?" if likely else ""
    return f"'{key}' is no setting: known are {', '.join(known)}{guess}"
