"""`shop.yml`: which shop a data directory belongs to, written by its first run and read by every door.

What a source is and how its files are read does not belong here.
"""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.folders import DataFolder
from pipelines.problems import BadInput

HEADING = """\
# The one shop of this data directory, written by its first run and read by `guanxi run`, the schedule and the UI.
# sources: a built-in source or a folder of SQL, and the folder of its files (empty: landing/<source> beside this file).
"""


class ShopFile(BaseModel):
    """What `shop.yml` says: folders of files by source; IANA zone and ISO 4217 currency are told, not chosen, here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: dict[str, str | None]
    time_zone: str
    currency: str

    @property
    def folders(self) -> dict[str, str]:
        """Folder of files by source; empty means the data directory's own landing folder."""
        return {source: folder or "" for source, folder in self.sources.items()}


def read_shop_file(folder: DataFolder) -> ShopFile | None:
    """The shop of this data directory; None before its first run. BadInput when the file cannot be used."""
    import yaml

    path = folder.shop_file
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
        return ShopFile.model_validate(said)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as problem:
        why = getattr(problem, "strerror", None) or "it is no UTF-8 text"
        raise BadInput(f"{path} cannot be read ({why}): restore it, or delete it and name --source again") from None
    except yaml.YAMLError as problem:
        raise BadInput(f"{path} is not valid YAML: {' '.join(str(problem).split())}") from None
    except ValidationError as problem:
        first = problem.errors()[0]
        key = ".".join(str(step) for step in first["loc"]) or "the file"
        known = ", ".join(ShopFile.model_fields)
        raise BadInput(f"{path}, {key}: {first['msg']}; it holds {known}, as the first run wrote them") from None


def write_shop_file(folder: DataFolder, shop: ShopFile) -> None:
    """Record the shop in one step; nothing happens when it is recorded already."""
    import yaml

    text = HEADING + yaml.safe_dump(shop.model_dump(), sort_keys=False, allow_unicode=True)
    if folder.shop_file.exists() and folder.shop_file.read_text(encoding="utf-8") == text:
        return
    new = folder.shop_file.with_name(f".{folder.shop_file.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(folder.shop_file)


def require_this_shop(folder: DataFolder, known: set[str], named: set[str], invented: set[str]) -> None:
    """BadInput unless the sources `named` may work in a data directory whose sources are `known` (none at first).

    A shop may gain a source, it may not lose one without a word; and a shop that was invented (`invented`: the names
    whose files nobody exported) stands beside no other, or its people would be counted among real ones.
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
