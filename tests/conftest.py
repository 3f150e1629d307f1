"""Fixtures shared by all tests: where real data lies, and one warehouse built once, in this process."""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[1]

# Two workers share two cores: threads of one would wait for those of the other.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Great Expectations looks whether there is a pyspark.connect, which ends a process whose main module is no file, as
# pytest's workers are: it takes it for a doctest.
if not hasattr(sys.modules["__main__"], "__file__"):
    sys.modules["__main__"].__file__ = __file__


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """A function from a data set's name to its folder; skips the test where the data is absent."""
    home = Path(os.environ.get("GUANXI_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))

    def find(name: str) -> Path:
        folder = home / name
        if not folder.is_dir():
            pytest.skip(f"real data set {name} is absent: set GUANXI_SHARED_DATA to the folder that holds it")
        return folder

    return find


@dataclass
class Run:
    """A nightly run that is over, and where it worked."""

    home: Path
    shop: dict[str, Any]
    outcome: Any = None
    steps: dict[str, str] = field(default_factory=dict)

    @property
    def published(self) -> Path:
        """The file that readers see."""
        return self.home / "published" / "guanxi.duckdb"

    def told(self) -> str:
        """Why it was not published, for an assertion's message."""
        outcome = self.outcome
        reasons = [*outcome.failures, *outcome.broken_rules, outcome.bad_input or "", outcome.refusal or ""]
        return "\n".join([*filter(None, reasons), *outcome.log.read_text().splitlines()[-30:]])

    def again(self, **changes: Any) -> "Run":
        """Run the same night once more in the same place, with these changes of the configuration."""
        return run_night(self.home, {**self.shop, **changes})

    def copy(self, home: Path) -> "Run":
        """The same shop in another place, so that a test may spoil it."""
        shutil.copytree(self.home, home, symlinks=True)
        return Run(home, dict(self.shop), self.outcome)

    def configuration(self, **changes: Any) -> dict[str, Any]:
        """What a run of the same night is told that is not started by `guanxi run`."""
        from pipelines.folders import DataFolder
        from pipelines.night.configuration import run_configuration

        return run_configuration(DataFolder(self.home), {**self.shop, **changes})


def run_night(home: Path, shop: dict[str, Any]) -> Run:
    """The job `nightly` in this process."""
    from pipelines.folders import DataFolder
    from pipelines.runner import run_nightly

    run = Run(home, shop)
    run.outcome = run_nightly(DataFolder(home), shop, lambda moment: run.steps.update({moment.step: moment.kind}))
    return run


@pytest.fixture(scope="session")
def sample_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The landing files of a small invented shop, with its truth beside them."""
    from pipelines.sample.generator import generate

    folder = tmp_path_factory.mktemp("sample") / "files"
    generate(folder, customers=1_500, days=760, seed=7)
    return folder


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory, sample_files: Path) -> Run:
    """The night that most tests look at; nobody may change it (copy it first)."""
    home = tmp_path_factory.mktemp("night") / "data"
    run = run_night(home, {"sources": {"sample": str(sample_files)}, "as_of": "2026-06-30"})
    assert run.outcome.is_success, run.told()
    return run


@pytest.fixture(scope="session")
def online_retail_night(tmp_path_factory: pytest.TempPathFactory, shared_data: Callable[[str], Path]) -> Run:
    """A real shop, published; nobody may change it."""
    folder = shared_data("online_retail")
    return real_night(tmp_path_factory, "online_retail", folder, "2011-12-09", programme_from="2011-03-01")


@pytest.fixture(scope="session")
def thelook_night(tmp_path_factory: pytest.TempPathFactory, shared_data: Callable[[str], Path]) -> Run:
    """Another, with a log of events; nobody may change it."""
    folder = shared_data("thelook")
    return real_night(tmp_path_factory, "thelook", folder, "2024-01-16", programme_from="2023-05-15")


def real_night(
    tmp_path_factory: pytest.TempPathFactory, source: str, folder: Path, as_of: str, programme_from: str
) -> Run:
    """Published as of a day, by a shop that began a programme on another."""
    home = tmp_path_factory.mktemp(source) / "data"
    home.mkdir()
    (home / "programmes.csv").write_text(f"programme,starts_on,label_en,label_zh\ncard,{programme_from},Card,会员卡\n")
    run = run_night(home, {"sources": {source: str(folder)}, "as_of": as_of})
    assert run.outcome.is_success, run.told()
    return run
