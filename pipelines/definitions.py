"""The code location: everything under defs/. Add an asset there; nothing here changes."""

from pathlib import Path

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    """All assets, checks, jobs and resources of Guanxi."""
    return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
