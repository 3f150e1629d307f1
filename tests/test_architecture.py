"""Which package may import which: the one table of arrows, to which the code and docs/architecture.md keep.

An import inside a function counts like one at the top of a file.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]

# From a package to those that it may import; what it does not import now is not in the table. A package is a folder or
# a file of pipelines/, or a folder beside it.
ARROWS: dict[str, set[str]] = {
    "cli": {"process", "sample", "settings", "terminal"},
    "terminal": {
        "erasure",
        "landing",
        "modelling",
        "night",
        "registry",
        "runner",
        "sample",
        "settings",
        "tables",
        "warehouse",
    },
    "runner": {"definitions", "night", "settings"},
    "definitions": set(),  # which loads the folder defs/ and imports none of it by name
    "defs": {
        "dbt",
        "dbt_command",
        "dbt_results",
        "erasure",
        "expectations",
        "landing",
        "modelling",
        "night",
        "promises",
        "registry",
        "row_promises",
        "settings",
        "tables",
        "warehouse",
    },
    "registry": {"dbt", "landing", "modelling", "models", "night", "settings"},
    "dbt_results": {"dbt", "dbt_command", "row_promises", "warehouse"},
    "row_promises": {"dbt"},
    "promises": {"expectations", "tables", "warehouse"},
    "tables": {"dbt"},
    "dbt": {"dbt_command", "feed_sources", "settings"},
    "dbt_command": set(),
    "feed_sources": {"landing"},
    "modelling": {"models", "settings", "warehouse"},
    "night": {"erasure", "landing", "settings", "warehouse"},
    "erasure": {"landing", "warehouse"},
    "landing": set(),
    "warehouse": set(),
    "settings": set(),
    "sample": set(),
    "models": set(),
    "expectations": set(),
    "durable": set(),
    "folders": set(),
    "process": set(),
    "problems": set(),
}
# Bad input is told in one way, and things lie in one place, for everybody but what is pure.
FOR_EVERYBODY = {"problems", "folders", "durable"}
PURE = {"models", "expectations"}
DOORS = {"cli", "terminal"}

# Who may know the orchestrator.
DAGSTER = {
    "pipelines/definitions.py": "the code location",
    "pipelines/defs": "the assets",
    "pipelines/runner.py": "starts a run in its own process",
    "pipelines/night/runs.py": "the orchestrator's records",
    "pipelines/night/event_log.py": "where they lie",
    "pipelines/terminal/status.py": "reads those records",
    "pipelines/settings/values.py": "what a cron line is, the schedule has to agree",
}
# What a library would bring into pure code: places, clocks, databases.
NOT_IN_MODELS = {"dagster", "duckdb", "os", "pathlib", "time", "datetime", "great_expectations", "sqlalchemy"}
HEAVY = {
    "dagster",
    "dbt",
    "duckdb",
    "great_expectations",
    "matplotlib",
    "numpy",
    "pandas",
    "pyarrow",
    "scipy",
    "sklearn",
}
FIGURES = re.compile(r"\b(any_value|avg|count|max|min|sum|string_agg)\s*\(|\bgroup\s+by\b|\bover\s*\(", re.IGNORECASE)


@dataclass(frozen=True)
class Import:
    """A line of a file that imports a module."""

    file: str
    line: int
    module: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}"


@cache
def files() -> dict[str, Path]:
    """Every Python file of the house, by the name of its module."""
    found = [path for root in ("pipelines", *PURE) for path in sorted((REPOSITORY / root).rglob("*.py"))]
    return {
        ".".join(path.relative_to(REPOSITORY).with_suffix("").parts).removesuffix(".__init__"): path for path in found
    }


@cache
def imports() -> tuple[Import, ...]:
    """Every import of every file; of `from package import module` the module."""
    return tuple(dict.fromkeys(found for path in files().values() for found in imports_of(path)))


def imports_of(path: Path) -> Iterator[Import]:
    file = str(path.relative_to(REPOSITORY))
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (Import(file, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module, f"{file}:{node.lineno} imports without saying from where"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield Import(file, node.lineno, inner if inner in files() else node.module)


def module_of(file: str) -> str:
    """`pipelines/night/runs.py` is `pipelines.night.runs`."""
    return ".".join(Path(file).with_suffix("").parts).removesuffix(".__init__")


def package_of(module: str) -> str:
    """`pipelines.night.runs` is of `night`, `models.churn.level` of `models`."""
    first, *rest = module.split(".")
    return rest[0] if first == "pipelines" and rest else first


def is_ours(module: str) -> bool:
    return module.split(".")[0] in {"pipelines", *PURE}


def test_every_package_has_its_arrows() -> None:
    there = {package_of(module) for module in files()} - {"pipelines"}
    assert there == set(ARROWS), "ARROWS in tests/test_architecture.py and the packages of the tree differ"


def test_no_import_goes_where_no_arrow_leads() -> None:
    wrong = []
    for found in imports():
        ours, theirs = package_of(module_of(found.file)), package_of(found.module)
        allowed = {ours, *ARROWS.get(ours, set()), *(set() if ours in PURE else FOR_EVERYBODY)}
        if is_ours(found.module) and theirs not in allowed:
            wrong.append(f"{found}, and {ours} may not import {theirs}")
    assert not wrong, "\n".join(wrong)


def test_no_arrow_is_drawn_that_nobody_goes() -> None:
    gone = {
        (package_of(module_of(found.file)), package_of(found.module)) for found in imports() if is_ours(found.module)
    }
    idle = {(start, end) for start, ends in ARROWS.items() for end in ends} - gone
    assert not idle, idle


def test_the_arrows_run_in_no_circle() -> None:
    tuple(TopologicalSorter(ARROWS).static_order())


def test_no_two_modules_import_each_other_in_a_circle() -> None:
    graph: dict[str, set[str]] = {module: set() for module in files()}
    for found in imports():
        if found.module in graph:
            graph[module_of(found.file)].add(found.module)
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as circle:
        pytest.fail(f"modules import each other: {' -> '.join(circle.args[1])}")


def test_nothing_but_the_doors_knows_the_generator_of_an_invented_shop() -> None:
    assert {package for package, ends in ARROWS.items() if "sample" in ends} == DOORS


def test_a_step_of_the_graph_imports_no_other_step() -> None:
    """What two steps share stands in defs/ itself, or below it."""
    wrong = []
    for found in imports():
        ours, theirs = Path(found.file).parts, found.module.split(".")
        are_steps = ours[:2] == ("pipelines", "defs") and len(ours) == 4 and theirs[:2] == ["pipelines", "defs"]
        if are_steps and len(theirs) == 4 and theirs[2] != ours[2]:
            wrong.append(str(found))
    assert not wrong, "\n".join(wrong)


def test_only_those_who_must_know_dagster() -> None:
    knowing = [found for found in imports() if found.module.split(".")[0] in ("dagster", "dagster_dbt")]
    wrong = [str(found) for found in knowing if not found.file.startswith(tuple(DAGSTER))]
    assert not wrong, "\n".join(wrong)
    idle = [place for place in DAGSTER if not any(found.file.startswith(place) for found in knowing)]
    assert not idle, idle


def test_models_know_no_place_no_clock_and_no_database() -> None:
    wrong = [
        str(found)
        for found in imports()
        if found.file.startswith("models/") and found.module.split(".")[0] in NOT_IN_MODELS
    ]
    assert not wrong, "\n".join(wrong)


def test_the_command_starts_without_a_heavy_library() -> None:
    program = f"import sys, pipelines.cli; print(*({HEAVY} & sys.modules.keys()))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not loaded, f"import pipelines.cli loads {', '.join(loaded)}: import them where they are used"


def test_what_the_terminal_shows_is_a_published_tables_figure() -> None:
    """Its queries select, order and leave out; a figure worth showing is worth a table that anybody can ask."""
    wrong = []
    for path in sorted((REPOSITORY / "pipelines" / "terminal").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if re.search(r"\bselect\b.*\bfrom\b", text, re.DOTALL) and (figure := FIGURES.search(text)):
                wrong.append(f"{path.name}:{node.lineno} computes: {figure.group()}")
    assert not wrong, "\n".join(wrong)


def test_the_picture_shows_these_arrows() -> None:
    """docs/architecture.md, its mermaid block: `a --> b & c` a line; a dotted arrow is no import."""
    text = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
    [picture] = re.findall(r"```mermaid\n(.*?)```", text, re.DOTALL)
    drawn: dict[str, set[str]] = {}
    for start, ends in re.findall(r"^\s*(\w+) --> ([\w &]+)$", picture, re.MULTILINE):
        drawn.setdefault(start, set()).update(ends.split(" & "))
    assert drawn == {start: ends for start, ends in ARROWS.items() if ends}
