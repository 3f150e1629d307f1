"""One file of one feed on its way into the lake, and how to ask about it. Its steps do not belong here."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.landing.contracts import Contract
from pipelines.landing.formats.table import LandedFile
from pipelines.landing.refining.judging import Problem, Rates, problems_of
from pipelines.landing.sources import Source
from pipelines.landing.sql import as_plain_path, literal

if TYPE_CHECKING:
    import duckdb

RAW = "raw of "  # no contract column can begin like this
RECORDS = "landing_work.records"


@dataclass(frozen=True)
class FeedFile:
    """One file of one feed on its way into the lake: the view SELECTED, with columns of `types`, is what it says."""

    connection: "duckdb.DuckDBPyConnection"
    source: Source
    contract: Contract
    types: dict[str, str]
    landed: LandedFile
    file_name: str
    file_hash: str
    work: Path

    @property
    def problems(self) -> list[Problem]:
        """What can be wrong with its records."""
        rates = Rates(self.source.currency, self.source.time_zone, self.source.first_rates)
        return problems_of(self.contract, self.types, RAW, self.source.blocked_identifiers, rates)

    @property
    def records(self) -> str:
        """All records, typed and judged: the contract's columns, row_number, problem, and their place as record_id."""
        return f"(select *, rowid as record_id from {RECORDS})"

    @property
    def unreadable(self) -> str | None:
        """The rows no record could be made of."""
        return parquet(self.landed.unreadable) if self.landed.unreadable else None

    @property
    def rows(self) -> Path:
        """Where its loaded rows are written."""
        return self.work / "rows.parquet"

    def ask(self, sql: str) -> tuple:
        """The first row of the answer."""
        return self.connection.execute(sql).fetchall()[0]

    @property
    def loaded(self) -> str:
        """The records that are loaded: sound, and no copies once those are marked."""
        return f"{self.records} where problem is null"

    def sum_of_ignored_ids(self) -> int:
        """How many ids of the records that are loaded stand for nobody."""
        return self.ask(f"select coalesce(sum(ignored_ids), 0) from {self.loaded}")[0]

    def count(self, relation: str) -> int:
        """How many rows."""
        return self.ask(f"select count(*) from {relation}")[0]


def parquet(file: Path) -> str:
    """SQL for the rows of a Parquet file."""
    return f"read_parquet({literal(as_plain_path(file))})"
