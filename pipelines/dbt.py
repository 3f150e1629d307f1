"""Where the dbt project is, its manifest made once, and what the manifest says of tables. Runs no model."""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dagster_dbt import DbtCliResource, DbtProject
from filelock import FileLock
from packaging.version import Version

from pipelines.feed_sources import feed_sources
from pipelines.folders import DBT_PROJECT
from pipelines.settings.model import Settings
from pipelines.settings.reading import data_folder

FEEDS = DBT_PROJECT / "generated" / "feeds" / "contracts.yml"


class OfflineDbtResource(DbtCliResource):
    """dbt, asked for its version without `dbt --version`, which looks on the network for a newer one."""

    @cached_property
    def _cli_version(self) -> Version:
        return Version(version("dbt-core"))


def dbt_resource() -> OfflineDbtResource:
    """The dbt that is installed beside this Python, on our project."""
    return OfflineDbtResource(
        project_dir=str(DBT_PROJECT),
        profiles_dir=str(DBT_PROJECT),
        dbt_executable=str(Path(sys.executable).parent / "dbt"),
    )


@cache
def dbt_project() -> DbtProject:
    """The project, with a manifest that is as new as its files."""
    project = DbtProject(project_dir=DBT_PROJECT, profiles_dir=DBT_PROJECT)
    if _is_stale(project.manifest_path):
        target = project.manifest_path.parent
        target.mkdir(parents=True, exist_ok=True)
        with FileLock(target / ".parsing"):  # of two commands at once on a fresh clone, one parses
            if _is_stale(project.manifest_path):
                _write_feeds()
                _parse(target)
    return project


def _parse(target: Path) -> None:
    """Make the manifest, whole from the moment that it stands in its place."""
    os.environ.setdefault("GUANXI_WAREHOUSE", str(data_folder().warehouse))
    with TemporaryDirectory(dir=target, prefix="parse-") as folder:
        defaults = json.dumps(Settings().dbt_variables())
        dbt_resource().cli(["parse", "--quiet", "--vars", defaults], target_path=Path(folder)).wait()
        for name in ("partial_parse.msgpack", "manifest.json"):  # the manifest last: it says that both are there
            (Path(folder) / name).replace(target / name)


def _write_feeds() -> None:
    FEEDS.parent.mkdir(parents=True, exist_ok=True)
    FEEDS.write_text(feed_sources(), encoding="utf-8")


def recipe(variables: dict[str, int | float | str]) -> str:
    """A digest of what makes tables of what landed: the project's files and the variables that it is given."""
    digest = hashlib.sha256(json.dumps(variables, sort_keys=True).encode())
    for path in sorted(path for path in _files() if path.is_file()):
        digest.update(str(path.relative_to(DBT_PROJECT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def kept_tables() -> list[str]:
    """The tables, "schema.name", of which rows stay from night to night (macros/kept.sql)."""
    nodes = manifest()["nodes"].values()
    return [f"{node['schema']}.{node['name']}" for node in nodes if node["config"]["materialized"] == "incremental"]


def _files() -> Iterator[Path]:
    """Folders too: one is newer than before when a file of it is gone."""
    ignored = {"target", "logs"}
    return (path for path in DBT_PROJECT.rglob("*") if not ignored & set(path.relative_to(DBT_PROJECT).parts))


def _is_stale(manifest: Path) -> bool:
    if not manifest.exists() or not FEEDS.exists() or FEEDS.read_text(encoding="utf-8") != feed_sources():
        return True
    made = manifest.stat().st_mtime
    return any(path.stat().st_mtime > made for path in _files())


@cache
def manifest() -> dict[str, Any]:
    """dbt's own description of the project."""
    return json.loads(dbt_project().manifest_path.read_text())
