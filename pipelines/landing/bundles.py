"""Small parts put together, so that a query opens a file a month and not one a night. What rows say is not known here.

Beside the parts of a feed of a source lie bundles, made of parts and never changed: bundle-….parquet holds the rows of
the parts that bundles.json names, in which every row says which file it came with. Parts stay as they are, and rows are
read from a bundle where all parts of it are wanted. Bundles may be deleted at any time.
"""

import hashlib
import json
from collections.abc import Collection
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.durable import move_durably
from pipelines.landing.parts import PARQUET, WORK_PREFIX, Manifest, is_whole, rows_path
from pipelines.landing.sql import literal, paths

if TYPE_CHECKING:
    import duckdb

BUNDLES = "bundles"
PARTS_OF_A_BUNDLE = 30
MOST_ROWS = 1_000_000  # of a part that is put into one: what is larger is worth a file of its own

Bundles = dict[str, frozenset[str]]


def bundles_of(folder: Path, parts: Collection[str]) -> Bundles:
    """The bundles of which all parts are among these, with their parts; none where that is not known."""
    try:
        told = json.loads(_index(folder).read_bytes())
        named = {name: frozenset(held) for name, held in told.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
    wanted = set(parts)
    return {name: held for name, held in named.items() if held <= wanted and is_whole(rows_path(folder, name))}


def files_of(folder: Path, parts: Collection[str]) -> list[Path]:
    """The files that hold the rows of these parts, each row once."""
    bundles = bundles_of(folder, parts)
    bundled = frozenset().union(*bundles.values())
    return [rows_path(folder, name) for name in [*sorted(bundles), *(part for part in parts if part not in bundled)]]


def parts_to_bundle(folder: Path, parts: list[Manifest]) -> list[list[str]]:
    """The small parts that are in no bundle, in their order, as often as there are enough of one recipe."""
    bundled = frozenset().union(*bundles_of(folder, [part.part for part in parts]).values())
    loose = [part for part in parts if part.part not in bundled and part.rows_loaded <= MOST_ROWS]
    by_recipe = sorted(loose, key=lambda part: part.recipe_hash)  # so that their columns are the same
    found = []
    for _, of_one_recipe in groupby(by_recipe, key=lambda part: part.recipe_hash):
        names = [part.part for part in of_one_recipe]
        starts = range(0, len(names) - PARTS_OF_A_BUNDLE + 1, PARTS_OF_A_BUNDLE)
        found += [names[begin : begin + PARTS_OF_A_BUNDLE] for begin in starts]
    return found


def bundle(connection: "duckdb.DuckDBPyConnection", folder: Path, parts: list[Manifest], due: list[list[str]]) -> None:
    """Makes the bundles that are due of these parts."""
    bundles = bundles_of(folder, [part.part for part in parts])
    for names in due:
        bundles |= _make(connection, folder, names)
    new = folder / f"{WORK_PREFIX}{BUNDLES}"
    new.write_text(json.dumps({name: sorted(held) for name, held in sorted(bundles.items())}), encoding="utf-8")
    move_durably(new, _index(folder))


def _make(connection: "duckdb.DuckDBPyConnection", folder: Path, parts: list[str]) -> Bundles:
    name = f"bundle-{hashlib.sha256(' '.join(parts).encode()).hexdigest()[:16]}"
    new = folder / f"{WORK_PREFIX}{name}"
    files = paths([rows_path(folder, part) for part in parts])
    connection.execute(f"copy (from read_parquet({files})) to {literal(new)} {PARQUET}")
    move_durably(new, rows_path(folder, name))
    return {name: frozenset(parts)}


def _index(folder: Path) -> Path:
    return folder / f"{BUNDLES}.json"
