"""What is said of a build that went wrong: what could not be built, and of tests only what they found."""

import json
from pathlib import Path

from pipelines.dbt_command import RESULTS
from pipelines.dbt_results import DbtResults
from pipelines.row_promises import Answer, row_tests


def results(folder: Path, status: str) -> DbtResults:
    """Of a build whose one model, dim_products, came to this end."""
    told = {"unique_id": "model.guanxi.dim_products", "status": status, "failures": None, "message": "too\n wide"}
    folder.joinpath(RESULTS).write_text(json.dumps({"results": [told], "metadata": {"invocation_id": "one"}}))
    return DbtResults(folder)


def test_behind_a_table_that_was_not_built_only_what_tests_found_is_said(tmp_path: Path) -> None:
    first, second, *_ = row_tests()["model.guanxi.fct_feedback"]
    answers = [Answer(first, None, "no such table"), Answer(second, 3)]
    failed = results(tmp_path, "error")
    failed.add(answers)
    could_not, found = failed.sentences()
    assert could_not == "marts.dim_products could not be built: too wide"
    assert found.startswith("marts.fct_feedback breaks")
    assert found.endswith(", 3 rows")
    built = results(tmp_path, "success")
    built.add(answers[:1])
    assert len(built.sentences()) == 1
    assert built.sentences()[0].endswith("could not be asked: no such table")
