"""The manifest of the dbt project, made once and as new as its files. Runs no model."""

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from filelock import FileLock

from pipelines.dbt_command import run_dbt
from pipelines.feed_sources import feed_sources
from pipelines.folders import DBT_PROJECT
from pipelines.settings.model import Settings
from pipelines.settings.reading import data_folder

FEEDS = DBT_PROJECT / "generated" / "feeds" / "contracts.yml"
MEMORY = "memory_limit"  # the one variable by which no row is another
TARGET = DBT_PROJECT / "target"
MANIFEST, PARSED = "manifest.json", "partial_parse.msgpack"


@cache
def manifest() -> dict[str, Any]:
    """dbt's own description of the project."""
    return json.loads((_target() / MANIFEST).read_bytes())


@cache
def parsed_project() -> Any:
    """The same as the object that dbt works with; which settings are in force is not in it."""
    from dbt.contracts.graph.manifest import Manifest

    parsed = Manifest.from_msgpack((_target() / PARSED).read_bytes())
    parsed.build_flat_graph()  # what macros know as `graph`; dbt itself does so where it parses
    return parsed


@cache
def _target() -> Path:
    """The folder of what dbt made of the project, as new as the project's files."""
    if _is_stale():
        TARGET.mkdir(parents=True, exist_ok=True)
        with FileLock(TARGET / ".parsing"):  # of two commands at once on a fresh clone, one parses
            if _is_stale():
                _write_feeds()
                _parse()
    return TARGET


def _parse() -> None:
    """Make the manifest, whole from the moment that it stands in its place."""
    defaults = json.dumps(Settings().dbt_variables())
    with TemporaryDirectory(dir=TARGET, prefix="parse-") as name:
        run_dbt(["parse", "--quiet", "--vars", defaults], data_folder().warehouse, Path(name))
        for made in (PARSED, MANIFEST):  # the manifest last: it says that both are there
            (Path(name) / made).replace(TARGET / made)


def _write_feeds() -> None:
    FEEDS.parent.mkdir(parents=True, exist_ok=True)
    FEEDS.write_text(feed_sources(), encoding="utf-8")


def recipe(settings: Settings, currency: str, reference: str) -> str:
    """A digest of what makes tables of what landed: the project's files, what it is told, and the engine.

    `reference` is the digest of the reference tables.
    """
    variables = {name: value for name, value in settings.dbt_variables().items() if name != MEMORY}
    told = [variables, currency, settings.target, reference]
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode())
    for path in sorted(path for path in _files() if path.is_file()):
        digest.update(str(path.relative_to(DBT_PROJECT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def kept_tables() -> list[str]:
    """The tables, "schema.name", of which rows stay from night to night (macros/kept.sql)."""
    nodes = manifest()["nodes"].values()
    return [f"{node['schema']}.{node['name']}" for node in nodes if node["config"]["materialized"] == "incremental"]


@cache
def scored_tables() -> frozenset[str]:
    """The tables, "schema.name", that read what models have scored, or other tables that do."""
    found = manifest()
    reached: set[str] = set()
    ahead = [name for name, source in found["sources"].items() if source["schema"] == "ml"]
    while ahead:
        for child in set(found["child_map"][ahead.pop()]) - reached:
            reached.add(child)
            ahead.append(child)
    nodes = (found["nodes"].get(name) for name in reached)
    return frozenset(f"{node['schema']}.{node['name']}" for node in nodes if node and node["resource_type"] == "model")


def _files() -> Iterator[Path]:
    """Folders too: one is newer than before when a file of it is gone."""
    ignored = {"target", "logs"}
    return (path for path in DBT_PROJECT.rglob("*") if not ignored & set(path.relative_to(DBT_PROJECT).parts))


def _is_stale() -> bool:
    manifest = TARGET / MANIFEST
    if not manifest.exists() or not FEEDS.exists() or FEEDS.read_text(encoding="utf-8") != feed_sources():
        return True
    made = manifest.stat().st_mtime
    return any(path.stat().st_mtime > made for path in _files())
