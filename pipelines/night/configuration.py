"""The run configuration: what a run is told of its shop, as the orchestrator keeps it. No setting is read here."""

from collections.abc import Mapping
from typing import Any

from pipelines.folders import DataFolder

OF_THE_RUN = ("data_dir", "full_refresh")


def run_configuration(folder: DataFolder, shop: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of a run in this data directory; `shop` is `full_refresh`, and settings as in `shop.yml`.

    What it does not say is the environment's, or else `shop.yml`'s: an empty one is a whole one.
    """
    return {"resources": {"shop": {"config": {**shop, "data_dir": str(folder.home)}}}}


def settings_said(shop: Mapping[str, Any]) -> dict[str, Any]:
    """The settings in a configuration of the resource `shop`; what is left empty is not said."""
    return {name: value for name, value in shop.items() if name not in OF_THE_RUN and value not in (None, "", {})}
