"""Small tables that ship with the house and that a shop may replace: rates, targets, words, seasons and the like.

Each is a contract and a CSV file in pipelines/reference; a file of the same name in the data directory counts instead.
Unlike a feed such a table is wholly right or it is refused: nothing of it is quarantined.
"""

import hashlib
from contextlib import closing
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pipelines.landing.contracts import Contract
from pipelines.landing.file_form import FileForm
from pipelines.landing.formats.table import LandedFile
from pipelines.landing.readers import read_landed_file
from pipelines.landing.refining.casting import Selected, believable, typed
from pipelines.landing.refining.judging import Problem, first_problem, problems_of
from pipelines.landing.sql import identifier, identifiers, literal, open_connection
from pipelines.problems import BadInput

if TYPE_CHECKING:
    import duckdb

SHIPPED = Path(__file__).parents[1] / "reference"
SCHEMA = "reference"
RATES = "exchange_rates"
RAW = "raw of "  # no column of a contract can begin like this
MEND = "mend it, or remove the file to have what ships"


@cache
def reference_contracts() -> dict[str, Contract]:
    """All reference tables by name, with their columns."""
    import yaml

    return {
        file.stem: Contract.model_validate(
            {"feed": file.stem, "is_required": False, **yaml.safe_load(file.read_text(encoding="utf-8"))}
        )
        for file in sorted(SHIPPED.glob("*.yml"))
    }


def reference_file(home: Path, name: str) -> Path:
    """The shop's own file where the data directory has one, else the one that ships."""
    own = home / f"{name}.csv"
    return own if own.exists() else SHIPPED / f"{name}.csv"


def reference_digest(home: Path) -> str:
    """A digest of what all of them hold: tables that were made with others are made anew."""
    digest = hashlib.sha256()
    for name in reference_contracts():
        digest.update(name.encode() + b"\0" + reference_file(home, name).read_bytes())
    return digest.hexdigest()


def write_reference_tables(connection: "duckdb.DuckDBPyConnection", home: Path) -> None:
    """Makes reference.<name> of each; BadInput, one line with file, row and column, when one cannot be used."""
    for name, contract in reference_contracts().items():
        with TemporaryDirectory() as work:
            _write(connection, contract, reference_file(home, name), Path(work))


def check_reference_tables(home: Path) -> None:
    """BadInput when a file of the shop's cannot be used."""
    with TemporaryDirectory() as work, closing(open_connection(Path(work))) as connection:
        write_reference_tables(connection, home)


def first_rates(home: Path) -> dict[str, date]:
    """The first day of which a rate is known, by foreign currency; BadInput when that file cannot be used."""
    file = reference_file(home, RATES)
    return _first_rates(file, file.read_bytes())


@lru_cache(maxsize=8)
def _first_rates(file: Path, _content: bytes) -> dict[str, date]:
    with TemporaryDirectory() as work, closing(open_connection(Path(work))) as connection:
        _write(connection, reference_contracts()[RATES], file, Path(work))
        found = connection.execute(f"select currency, min(valid_from) from {SCHEMA}.{RATES} group by all order by all")
        return dict(found.fetchall())


def _write(connection: "duckdb.DuckDBPyConnection", contract: Contract, file: Path, work: Path) -> None:
    """Makes reference.<name> of this file's rows."""
    connection.execute(f"create schema if not exists {SCHEMA}")
    landed = read_landed_file(file, str(file), work, FileForm(pattern=file.name))
    _require_readable(connection, file, landed)
    told = connection.execute(f"select * from ({landed.relation}) limit 0").description
    _require_columns(contract, file, [name for name, *_ in told if name != "row_number"])
    problems = problems_of(contract, dict.fromkeys(contract.column_names, "VARCHAR"), RAW)
    connection.execute(
        f"create or replace temp table looked_at as select *, {first_problem(problems)} as problem"
        f" from ({_typed_rows(contract, landed.relation)})"
    )
    _require_sound(connection, file, problems)
    _require_keys(connection, contract, file)
    connection.execute(
        f"create or replace table {SCHEMA}.{identifier(contract.feed)} as"
        f" select {identifiers(contract.column_names)} from looked_at order by row_number"
    )
    connection.execute("drop table looked_at")


def _typed_rows(contract: Contract, relation: str) -> str:
    """A select of the rows with the contract's types beside the values as they are written."""
    as_written = ", ".join(f"{identifier(name)} as {identifier(RAW + name)}" for name in contract.column_names)
    values = {column: Selected(identifier(RAW + column.name), "VARCHAR") for column in contract.columns}
    of_their_types = ", ".join(
        f"cast({typed(column, value, 'UTC')} as {column.duckdb_type}) as {identifier(column.name)}"
        for column, value in values.items()
    )
    limits = {column.name: believable(column, identifier(column.name)) for column in contract.columns}
    limited = ", ".join(f"{value} as {identifier(name)}" for name, value in limits.items() if value)
    rows = f"select *, {of_their_types} from (select {as_written}, row_number from ({relation}))"
    return f"select * replace ({limited}) from ({rows})" if limited else rows


def _require_readable(connection: "duckdb.DuckDBPyConnection", file: Path, landed: LandedFile) -> None:
    if landed.unreadable:
        [(row, detail)] = connection.execute(
            f"select row_number, detail from read_parquet({literal(landed.unreadable)}) order by row_number limit 1"
        ).fetchall()
        raise BadInput(f"{file}, row {row}: {detail}; {MEND}")


def _require_columns(contract: Contract, file: Path, found: list[str]) -> None:
    missing = [name for name in contract.column_names if name not in found]
    unknown = [name for name in found if name not in contract.column_names]
    if missing or unknown:
        what = f"no column {missing[0]}" if missing else f"a column {unknown[0]} that means nothing here"
        raise BadInput(f"{file} has {what}: its columns are {', '.join(contract.column_names)}")


def _require_sound(connection: "duckdb.DuckDBPyConnection", file: Path, problems: list[Problem]) -> None:
    found = connection.execute("select * from looked_at where problem is not null order by row_number limit 1")
    names = [name for name, *_ in found.description]
    for values in found.fetchall():
        row = dict(zip(names, values, strict=True))
        problem = problems[row["problem"]]
        said = row[f"{RAW}{problem.column}"]
        shown = f" and not '{said}'" if said else ""
        raise BadInput(f"{file}, row {row['row_number']}: {problem.detail}{shown}; {MEND}")


def _require_keys(connection: "duckdb.DuckDBPyConnection", contract: Contract, file: Path) -> None:
    key = identifiers(contract.key)
    for row, *values in connection.execute(
        f"select max(row_number), {key} from looked_at group by {key} having count(*) > 1 order by all limit 1"
    ).fetchall():
        told = ", ".join(f"{name} {value}" for name, value in zip(contract.key, values, strict=True))
        raise BadInput(f"{file}, row {row}: {told} stands there twice; {MEND}")
