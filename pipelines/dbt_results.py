"""What dbt's last run in a folder says of each table and of the tests on it. Runs nothing and reads no table."""

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.dbt import manifest
from pipelines.dbt_command import RESULTS
from pipelines.problems import without_values
from pipelines.row_promises import Answer
from pipelines.warehouse.trust import IS_BUILT, Result


@dataclass(frozen=True)
class DbtResults:
    """What dbt's last run in a target folder says of models and their tests; empty when dbt did not get to its end.

    `answers` are those of the tests that were asked past dbt, in the form of dbt's results.
    """

    folder: Path
    answers: list[dict[str, Any]] = field(default_factory=list)

    def add(self, answers: Iterable[Answer]) -> None:
        """What came of tests that were asked past dbt."""
        self.answers.extend(
            {
                "unique_id": answer.test["unique_id"],
                "status": answer.status,
                "failures": answer.failures,
                "message": answer.message,
                "execution_time": None,  # several are answered by one statement
            }
            for answer in answers
        )

    def built(self) -> list[str]:
        """The unique ids of the models that were built."""
        return [node["unique_id"] for node, result in self.nodes("model") if result["status"] == "success"]

    @property
    def is_broken(self) -> bool:
        """Whether a test that stops the night found something."""
        return bool(self._broken())

    def forget(self) -> None:
        """Take away all that an earlier run left, so that its results are not taken for those of the next."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def by_table(self) -> dict[str, list[Result]]:
        """For every model, "schema.name": whether it was built and its tests hold; and each test that does not."""
        found: dict[str, list[Result]] = {}
        for node, result in self.nodes("model"):
            is_built = result["status"] == "success"
            broken = [test["name"] for test, _ in self._broken() if _address(node) in _tested(test)]
            seen = ", ".join(broken) or ("" if is_built else f"dbt: {result['status']}")
            found[_address(node)] = [Result(IS_BUILT, "error", is_built and not broken, observed_value=seen)]
        for test, result in self._broken():
            for table in _tested(test):
                found.setdefault(table, []).append(Result(test["name"], "error", False, result["failures"] or 0))
        return found

    def errors(self) -> list[str]:
        """The models that could not be built, not those that were skipped behind them."""
        return [_address(node) for node, result in self.nodes("model") if result["status"] == "error"]

    def sentences(self) -> list[str]:
        """What is broken, a sentence each, without values: tests that found rows, models that could not be built.

        Behind these a test that could not be asked says nothing of its own.
        """
        models = [
            f"{_address(node)} could not be built: {_why(result)}"
            for node, result in self.nodes("model")
            if result["status"] == "error"
        ]
        found: dict[str, list[str]] = {"asked": [], "unasked": []}
        for test, result in self._broken():
            kind = "unasked" if result["failures"] is None else "asked"
            found[kind].append(f"{', '.join(_tested(test))} breaks {test['name']}, {_found(result)}")
        return [*models, *found["asked"]] or found["unasked"]

    def _broken(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        return [(node, result) for node, result in self.nodes("test") if result["status"] in ("fail", "error")]

    def nodes(self, *kinds: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Each node with its result, in the order in which they ended; of these kinds, or all."""
        nodes = manifest()["nodes"]
        found = [(nodes[result["unique_id"]], result) for result in self._results() if result["unique_id"] in nodes]
        return [(node, result) for node, result in found if not kinds or node["resource_type"] in kinds]

    @property
    def invocation_id(self) -> str:
        """By which dbt names its run."""
        return self._read()["metadata"]["invocation_id"]

    def _results(self) -> list[dict[str, Any]]:
        return [*self._read()["results"], *self.answers]

    def _read(self) -> dict[str, Any]:
        file = self.folder / RESULTS
        return json.loads(file.read_text()) if file.exists() else {"results": [], "metadata": {"invocation_id": ""}}


def _found(result: dict[str, Any]) -> str:
    """How many rows break a test, or why it could not be asked."""
    if result["failures"] is None:
        return f"could not be asked: {_why(result)}"
    return f"{result['failures']:,} rows"


def _why(result: dict[str, Any]) -> str:
    return " ".join(without_values(str(result["message"])).split())


def _address(node: dict[str, Any]) -> str:
    return f"{node['schema']}.{node['name']}"


def _tested(test: dict[str, Any]) -> list[str]:
    nodes = manifest()["nodes"]
    return [_address(nodes[name]) for name in test["depends_on"]["nodes"] if name in nodes]
