"""Says in one line what is wrong with a setting, where, and what is allowed. Which values are in force is reading's."""

import difflib
from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic import ValidationError

from pipelines.settings.model import fields, groups

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def first_fault(error: ValidationError, place: Callable[[str], str]) -> str:
    """The first fault, an unknown key before all others; `place` tells where a key was said."""
    fault = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
    key = ".".join(str(step) for step in fault["loc"][: 2 if fault["loc"][:1] and fault["loc"][0] in groups() else 1])
    if fault["type"] == "extra_forbidden":
        return f"{place(key)}: {_of_unknown_key(key)}"
    if fault["type"] == "not_rising":
        places = [place(fault["ctx"][name]) for name in ("lower", "upper")]
        said = [one for one, name in zip(places, ("lower", "upper"), strict=True) if one != fault["ctx"][name]]
        return f"{said[0]}: {fault['msg']}"
    if fault["type"] == "never_pays":
        return f"{place(fault['ctx']['setting'])}: {fault['msg']}"
    return f"{place(key)}: {_of_value(key, fault)}"


def _of_unknown_key(key: str) -> str:
    group, _, inner = key.rpartition(".")
    known = [one for one, _field in fields()]
    here = [one.partition(".")[2] for one in known if one.startswith(f"{group}.")] if group else _tops(known)
    likely = difflib.get_close_matches(key, [*known, *groups()], n=1) or _same_end(inner, known)
    guess = f"did you mean {likely[0]}?" if likely else f"known are {', '.join(here)}"
    return f"'{inner}' is no setting{f' of {group}' if group else ''}: {guess} (`guanxi config` lists all)"


def _tops(known: list[str]) -> list[str]:
    return list(dict.fromkeys(key.partition(".")[0] for key in known))


def _same_end(name: str, known: list[str]) -> list[str]:
    """The setting of another group that is called so: `vip_above` alone means `tiers.vip_above`."""
    return [key for key in known if key.rpartition(".")[2] in difflib.get_close_matches(name, [key.rpartition(".")[2]])]


def _of_value(key: str, fault: "ErrorDetails") -> str:
    if group := groups().get(key):
        return f"{fault['input']!r} is no group of settings: its settings are {', '.join(group.model_fields)}"
    message = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "value_error":  # a sentence of ours, that says what is allowed
        return message
    meaning = next(field.description for one, field in fields() if one == key)
    return f"{fault['input']!r}: {message[0].lower()}{message[1:]} ({meaning})"
