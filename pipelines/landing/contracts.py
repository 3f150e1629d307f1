"""What each feed promises, read from pipelines/feeds: columns, types, key. No data is looked at here."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

FEEDS_FOLDER = Path(__file__).parents[1] / "feeds"

ColumnType = Literal[
    "string", "id", "email", "phone", "instant", "date", "money", "price", "number", "integer", "boolean"
]

DUCKDB_TYPES: dict[str, str] = {
    "string": "varchar",
    "id": "varchar",
    "email": "varchar",
    "phone": "varchar",
    "instant": "timestamp",
    "date": "date",
    "money": "decimal(18, 2)",
    "price": "decimal(18, 4)",
    "number": "decimal(18, 8)",
    "integer": "bigint",
    "boolean": "boolean",
}

# What every part of the lake says about each of its rows besides the contract's columns.
ORIGIN_COLUMNS: dict[str, str] = {
    "source_name": "varchar",
    "file_name": "varchar",
    "row_number": "bigint",
    "file_hash": "varchar",
}


# What is kept of a record that is kept out of the lake.
QUARANTINE_COLUMNS: dict[str, str] = {
    "source_name": "varchar",
    "feed": "varchar",
    "file_name": "varchar",
    "file_hash": "varchar",
    "row_number": "bigint",
    "reason": "varchar",
    "column_name": "varchar",
    "offending_value": "varchar",
    "original_values": "varchar",
    "detail": "varchar",
}


class Words(BaseModel):
    """One meaning in English and Chinese."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)


class Column(Words):
    """One column of a feed; `values` closes its set, `falls_back_to` names the source's setting that fills a gap.

    `is_positive`: nothing but more than nought is believed.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    type: ColumnType
    is_required: bool
    is_personal: bool
    values: tuple[str, ...] = ()
    is_positive: bool = False
    falls_back_to: Literal["currency", "country"] | None = None

    @property
    def duckdb_type(self) -> str:
        """The type in the lake."""
        return DUCKDB_TYPES[self.type]

    @property
    def is_id(self) -> bool:
        """Whether it names a thing: a text that is compared and never counted with."""
        return self.type == "id"

    @property
    def normalized_name(self) -> str | None:
        """The companion column that holds the comparable form of an e-mail address or phone number."""
        return f"{self.name}_normalized" if self.type in ("email", "phone") else None

    @property
    def companions(self) -> dict[str, str]:
        """The columns that stand beside it in the lake, which say of it what can be compared: name and DuckDB type."""
        comparable = {self.normalized_name: "varchar"} if self.normalized_name else {}
        return comparable | ({f"{self.name}_is_landline": "boolean"} if self.type == "phone" else {})


class Rule(BaseModel):
    """What a row must be besides its columns' types: SQL over its typed columns, and what is said where it is not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    must: str
    detail: str


class Contract(BaseModel):
    """One feed: what a row is, which columns it has, what identifies it and which row is the newest.

    `remembers_revisions`: what a row was reported as before is shown in superseded.<feed>. `is_log`: rows are many and
    never change, so that no gate asks again whether each has a key of its own. `rules`: what a row must be besides.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    feed: str
    grain: Words
    is_required: bool
    key: tuple[str, ...] = Field(min_length=1)
    version: str | None = None
    remembers_revisions: bool = False
    is_log: bool = False
    columns: tuple[Column, ...] = Field(min_length=1)
    rules: tuple[Rule, ...] = ()

    @model_validator(mode="after")
    def _names_agree(self) -> "Contract":
        names = self.column_names
        if len(set(names)) < len(names):
            raise ValueError(f"feed {self.feed} names a column twice")
        required = {column.name for column in self.columns if column.is_required}
        if not set(self.key) <= required:
            raise ValueError(f"feed {self.feed}: every key column must be a required column")
        foreign = {rule.column for rule in self.rules} - set(names)
        if foreign:
            raise ValueError(f"feed {self.feed}: a rule is about {foreign.pop()}, which is not one of its columns")
        if self.version is not None and self.version not in names:
            raise ValueError(f"feed {self.feed}: version {self.version} is not one of its columns")
        return self

    @property
    def column_names(self) -> list[str]:
        """The contract's columns in order."""
        return [column.name for column in self.columns]

    @property
    def happened_at(self) -> str | None:
        """The column that says when what a row tells of happened, if the feed has one."""
        instants = [column.name for column in self.columns if column.type == "instant" and column.name != self.version]
        return instants[0] if instants else None

    @property
    def is_told_by_changes(self) -> bool:
        """Whether tables made of it are kept from night to night, so that its changes have to be known."""
        return self.is_log or self.remembers_revisions

    @property
    def lake_columns(self) -> dict[str, str]:
        """Every column of a part of the lake, by name, with its DuckDB type."""
        typed = {column.name: column.duckdb_type for column in self.columns}
        companions = {name: kind for column in self.columns for name, kind in column.companions.items()}
        return typed | companions | ORIGIN_COLUMNS


@cache
def load_contracts() -> dict[str, Contract]:
    """All feeds by name, required ones first, then by name."""
    import yaml

    contracts = [
        Contract.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
        for file in sorted(FEEDS_FOLDER.glob("*.yml"))
    ]
    contracts.sort(key=lambda contract: (not contract.is_required, contract.feed))
    return {contract.feed: contract for contract in contracts}
