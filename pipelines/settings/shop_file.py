"""`shop.yml` in the data directory: what its first run wrote, what its owner added. What it means is the model's."""

from collections.abc import Mapping
from typing import Any

from pipelines.folders import DataFolder
from pipelines.problems import BadInput
from pipelines.settings.values import sources_of

HEADING = """\
# The one shop of this data directory, written by its first run and read by `guanxi run`, the schedule and the UI.
# sources: a built-in source or a folder of SQL, and the folder of its files (empty: landing/<source> beside this file).
# time_zone, currency: as the source's source.yml tells them.
# Any other setting may be added, e.g. `tiers: {vip_above: 8000}`: `guanxi config` lists them with their meaning.
"""


def read_shop_file(folder: DataFolder) -> dict[str, Any]:
    """What is written there, not yet looked at; nothing when there is no file. BadInput when it cannot be read."""
    import yaml

    path = folder.shop_file
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as problem:
        why = getattr(problem, "strerror", None) or "it is no UTF-8 text"
        raise BadInput(f"{path} cannot be read ({why}): restore it, or delete it and name --source again") from None
    except (yaml.YAMLError, ValueError) as problem:  # a ValueError is an impossible date
        raise BadInput(f"{path} is not valid YAML: {' '.join(str(problem).split())}") from None
    if not isinstance(said, dict | None):
        raise BadInput(f"{path} holds no settings such as `keep_days: 30`: `guanxi config` lists them")
    return {str(key): value for key, value in (said or {}).items()}


def recorded_sources(folder: DataFolder) -> dict[str, str]:
    """Folder of files by source as `shop.yml` has them; none before the first run."""
    return sources_of(read_shop_file(folder).get("sources") or {})


def write_shop_file(folder: DataFolder, shop: Mapping[str, Any]) -> None:
    """Record sources, time zone and currency in one step; nothing happens when they are recorded already.

    What the owner has added stays, with its comments.
    """
    said = read_shop_file(folder)
    if {key: said.get(key) for key in shop} == shop:
        return
    new = folder.shop_file.with_name(f".{folder.shop_file.name}.new")
    with new.open("w", encoding="utf-8") as file:
        if not folder.shop_file.exists():
            file.write(HEADING)
        _round_trip().dump(_changed(folder, shop), file)
    new.replace(folder.shop_file)


def _changed(folder: DataFolder, shop: Mapping[str, Any]) -> Any:
    """The file as it is written, comments too, with only these values another."""
    content = _round_trip().load(folder.shop_file) if folder.shop_file.exists() else None
    content = {} if content is None else content
    for key, value in shop.items():
        old = content.get(key)
        if isinstance(value, Mapping) and isinstance(old, dict):
            for gone in set(old) - set(value):
                del old[gone]
            old.update(value)
        elif old != value:
            content[key] = value
    return content


def _round_trip() -> Any:
    """A reader and writer of YAML that keeps comments, quotes and the order of keys."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10_000
    return yaml
