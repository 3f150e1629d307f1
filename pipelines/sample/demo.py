"""The sample shop that a first evening runs on. How a shop is generated is generator's business."""

import shutil
from pathlib import Path

from pipelines.night.shop import Shop
from pipelines.problems import BadInput

CUSTOMERS = 4_000
DAYS = 730
SEED = 42


def ensure_sample(shop: Shop) -> bool:
    """Generate the sample shop into its own landing folder when that is empty; True when it did.

    Only the built-in source in its own place, and in a data directory that is nobody's yet, is filled: a folder that
    the user named is the user's, and so is a landing folder that the user emptied.
    """
    for landed in shop.sources:
        if shop.invents(landed) and not (landed.folder.is_dir() and any(landed.folder.iterdir())):
            try:
                _make(landed.folder)
            except OSError as problem:
                raise BadInput(
                    f"{landed.folder} cannot be written ({problem.strerror}): mend that, then run again"
                ) from None
            return True
    return False


def _make(folder: Path) -> None:
    """All at once: a run that is killed meanwhile leaves no half of a shop."""
    from pipelines.sample.generator import generate

    new = folder.with_name(f".{folder.name}.new")
    if new.exists():
        shutil.rmtree(new)
    generate(new, CUSTOMERS, DAYS, SEED)
    new.replace(folder)
