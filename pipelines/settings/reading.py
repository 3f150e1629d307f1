"""The settings in force: command line over a run's configuration over environment over `shop.yml` over the defaults.

The only place that reads the environment. What there is to set stands in model.py.
"""

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import EnvSettingsSource, SettingsError

from pipelines.folders import REPOSITORY, DataFolder
from pipelines.problems import BadInput
from pipelines.settings.faults import first_fault
from pipelines.settings.model import Settings, fields, groups
from pipelines.settings.shop_file import read_shop_file

PREFIX = "GUANXI_"
DATA_DIR = f"{PREFIX}DATA_DIR"
OPTION, RUN, ENVIRONMENT, FILE, DEFAULT = "option", "run configuration", "environment", "shop.yml", "default"


@dataclass(frozen=True)
class Layer:
    """What one authority says, by key (`tiers.vip_above`)."""

    origin: str
    said: dict[str, Any]
    file: str = ""

    def where(self, key: str) -> str:
        """The place that a person has to mend."""
        if self.origin == OPTION:
            return "--source" if key == "sources" else f"--{key.replace('_', '-')}"
        return variable(key) if self.origin == ENVIRONMENT else f"{self.file or self.origin}, {key}"


def data_folder(named: Path | None = None) -> DataFolder:
    """The data directory that is named, else that of `GUANXI_DATA_DIR`, else `data/` of the checkout."""
    return DataFolder(Path(named or os.environ.get(DATA_DIR) or REPOSITORY / "data").expanduser().absolute())


def origin_of_data_dir(named: Path | None) -> str:
    """Who has said which data directory it is."""
    return OPTION if named else ENVIRONMENT if os.environ.get(DATA_DIR) else DEFAULT


def read_settings(folder: DataFolder, said: Mapping[str, Any] | None = None, by: str = RUN) -> Settings:
    """What is in force in a data directory; `said` is what an option or a run's configuration wants besides.

    Raises
    ------
    BadInput
        One line with the file and key, variable or option that is wrong, and what is allowed.
    """
    return in_force(read_layers(folder, said, by))


def checked_options(folder: DataFolder, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of the command line as a run's configuration says them; BadInput when anything in force is wrong."""
    given = {name: value for name, value in options.items() if value}
    return read_settings(folder, given, OPTION).model_dump(mode="json", include=set(given))


def read_layers(folder: DataFolder, said: Mapping[str, Any] | None = None, by: str = OPTION) -> list[Layer]:
    """Everybody who says something, the weightiest first."""
    return [
        Layer(by, _by_key(said or {})),
        Layer(ENVIRONMENT, _by_key(_environment())),
        Layer(FILE, _by_key(read_shop_file(folder)), str(folder.shop_file)),
    ]


def in_force(layers: list[Layer]) -> Settings:
    """The settings that these layers amount to: of each key what the weightiest says; BadInput when one is wrong."""
    wanted: dict[str, Any] = {}
    for key, value in {key: value for layer in reversed(layers) for key, value in layer.said.items()}.items():
        group, _, inner = key.partition(".")
        if inner and isinstance(wanted.setdefault(group, {}), dict):
            wanted[group][inner] = value
        elif not inner:
            wanted[group] = value
    try:
        return Settings(**wanted)
    except ValidationError as error:
        raise BadInput(first_fault(error, lambda key: place_of(key, layers))) from None


def layer_of(key: str, layers: list[Layer]) -> Layer | None:
    """Who has the say on a key; nobody when the default counts."""
    return next((layer for layer in layers if key in layer.said), None)


def place_of(key: str, layers: list[Layer]) -> str:
    """Where a key was said, for messages."""
    layer = layer_of(key, layers)
    return layer.where(key) if layer else key


def variable(key: str) -> str:
    """The environment variable of a setting."""
    return f"{PREFIX}{key.upper().replace('.', '__')}"


def _environment() -> dict[str, Any]:
    """What variables say; one nearly called like a setting is taken for a slip, any other is not ours."""
    known = [DATA_DIR, *(variable(key) for key, _field in fields())]
    for name in os.environ:
        likely = difflib.get_close_matches(name, known, n=1, cutoff=0.9) if name.startswith(PREFIX) else []
        if likely and name not in known:
            raise BadInput(f"environment variable {name} is no setting: did you mean {likely[0]}?")
    try:
        return EnvSettingsSource(Settings, env_prefix=PREFIX)()
    except SettingsError as problem:
        raise BadInput(f"the environment cannot be read: {problem}") from None


def _by_key(said: Mapping[str, Any]) -> dict[str, Any]:
    """Values by key, groups taken apart; what is left empty is not said."""
    values: dict[str, Any] = {}
    for name, value in said.items():
        if name in groups() and isinstance(value, Mapping):
            values |= {f"{name}.{inner}": one for inner, one in value.items()}
        else:
            values[name] = value
    return {key: value for key, value in values.items() if value is not None}
