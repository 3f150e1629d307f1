"""What an engine says of a value that it could not use is told without the value."""

import io
import json
import traceback
from pathlib import Path

import duckdb
import pytest

from pipelines.dbt_results import DbtResults
from pipelines.night.run_log import RunLog
from pipelines.problems import without_values
from pipelines.warehouse.build import connect

PERSON = 'O\'Plantorin, "Zyx"\nof 10399887710'
TRACES = ("Plantorin", "Zyx", "10399887710")
COMPLAINTS = {
    "a cast": "select cast(name as integer) from people",
    "a date": "select strptime(name, '%Y') from people",
    "a key": "insert into people select name from people",
    "a number too large": "select cast(phone as tinyint) from (select 10399887710 as phone)",
    "JSON": "select json_extract(name, '$.a') from people",
}


@pytest.fixture
def people(tmp_path: Path) -> Path:
    file = tmp_path / "people.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create table people (name varchar primary key)")
        connection.execute("insert into people values (?)", [PERSON])
    return file


def complaint(file: Path, statement: str) -> str:
    """What DuckDB itself says."""
    with duckdb.connect(str(file)) as connection, pytest.raises(duckdb.Error) as raised:
        connection.execute(statement)
    return str(raised.value)


@pytest.mark.parametrize("statement", COMPLAINTS.values(), ids=COMPLAINTS)
def test_a_complaint_of_duckdbs_reaches_nobody_with_the_value(people: Path, statement: str) -> None:
    said = complaint(people, statement)
    with pytest.raises(duckdb.Error) as raised, connect(people) as connection:
        connection.execute(statement)
    told = "".join(traceback.format_exception(raised.value))
    assert [trace for trace in TRACES if trace in told.replace(statement, "")] == []
    assert str(raised.value).split(":")[0] == said.split(":")[0]


def test_a_complaint_of_a_name_is_told_as_it_is(people: Path) -> None:
    said = complaint(people, "select nmae from people")
    assert '"nmae" not found' in said
    assert without_values(said) == said


@pytest.mark.parametrize(
    "said",
    [
        '[CAST_INVALID_INPUT] The value \'Zyx Plantorin\' of the type "STRING" cannot be cast to "INT"',
        "Invalid Input Error: CSV Error on Line: 2\nOriginal Line: Zyx,Plantorin,10399887710\nExpected 2 columns",
    ],
)
def test_other_engines_and_readers_are_not_believed_either(said: str) -> None:
    assert [trace for trace in TRACES if trace in without_values(said)] == []


def test_what_tools_print_reaches_the_log_of_the_run_without_values(people: Path) -> None:
    file = io.StringIO()
    log = RunLog(file)
    said = complaint(people, COMPLAINTS["a cast"])
    print(f"12:00:01  model x\n{said}\n\n12:00:02  done 'well'", file=log)
    told = file.getvalue()
    assert [trace for trace in TRACES if trace in told] == []
    assert told.startswith("12:00:01  model x\nConversion Error: Could not convert string (value withheld)")
    assert told.endswith("12:00:02  done 'well'\n")


def test_a_model_that_fails_on_a_value_is_told_without_it(people: Path, tmp_path: Path) -> None:
    from pipelines.dbt import manifest

    model = next(name for name in manifest()["nodes"] if name.endswith(".int_customer_contacts"))
    message = f"Runtime Error in model x\n  {complaint(people, COMPLAINTS['a cast'])}"
    result = {"unique_id": model, "status": "error", "message": message, "failures": None}
    (tmp_path / "run_results.json").write_text(json.dumps({"results": [result], "metadata": {"invocation_id": ""}}))
    [sentence] = DbtResults(tmp_path).sentences()
    assert sentence.startswith("intermediate.int_customer_contacts could not be built: Runtime Error in model x")
    assert [trace for trace in TRACES if trace in sentence] == []
