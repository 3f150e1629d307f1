"""One data directory, one shop: which sources may work in it. What `shop.yml` says is read in settings/."""

from pathlib import Path

from pipelines.folders import DataFolder
from pipelines.problems import BadInput


def require_this_shop(folder: DataFolder, known: set[str], named: set[str], invented: set[str]) -> None:
    """BadInput unless the sources `named` may work in a data directory whose sources are `known` (none at first).

    A shop may gain a source, it may not lose one without a word; and the shop that Guanxi invents (`invented`: names
    whose files it makes itself) stands beside no other, or its people would be counted among real ones.
    """
    own, other = ", ".join(sorted(known or named)), "use another --data-dir for another shop"
    if invented and len(named) > 1:
        raise BadInput(f"the invented shop {', '.join(invented)} stands beside no other source: {other}")
    if not known or known == named:
        return
    if invented or not named & known:
        raise BadInput(f"{folder.home} is the data directory of the shop of {own}, not of {', '.join(named)}: {other}")
    if missing := sorted(known - named):
        raise BadInput(
            f"{folder.home} is the data directory of the shop of {own}, and {', '.join(missing)} was not named: "
            f"name every source of the shop or none, or {other}"
        )


def sources_in_lake(lake: Path) -> set[str]:
    """Names of the sources that have parts in the lake."""
    return {folder.name for feed in lake.glob("*") if feed.is_dir() for folder in feed.glob("*") if folder.is_dir()}
