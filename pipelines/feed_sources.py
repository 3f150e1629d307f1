"""dbt's sources of the feeds and reference tables, written from their contracts, which alone say what they are."""

from typing import Any

from pipelines.landing.contracts import ORIGIN_COLUMNS, Contract, load_contracts
from pipelines.landing.reference_tables import SCHEMA, reference_contracts

HEADING = "# Made from pipelines/feeds and pipelines/reference whenever dbt parses; not in git, not to be edited.\n"
ORIGIN = {
    "source_name": "Shop system that delivered the row.",
    "file_name": "Landed file that it came in.",
    "row_number": "Record in the file, 1 is the first after the header.",
    "file_hash": "SHA-256 of the file's content.",
}
KNOWN = {
    "known_from": ("date", "First day on which this was the newest that was known."),
    "known_until": ("date", "Last such day."),
}


def feed_sources() -> str:
    """A file of dbt sources: raw.<feed> of all, superseded.<feed> and changed.<feed> of some, reference.<name>."""
    import yaml

    contracts = load_contracts().values()
    raw = [_with_tests(contract, _table(contract, contract.grain.en, {})) for contract in contracts]
    before = [
        _table(contract, f"What rows of raw.{contract.feed} were reported as before.", KNOWN)
        for contract in contracts
        if contract.remembers_revisions
    ]
    changed = [
        _table(contract, f"Versions of rows of raw.{contract.feed} that may count otherwise than last built.", {})
        for contract in contracts
        if contract.is_told_by_changes
    ]
    reference = [_reference_table(contract) for contract in reference_contracts().values()]
    sources = [
        _source("raw", raw),
        _source("superseded", before),
        _source("changed", changed),
        _source(SCHEMA, reference),
    ]
    return HEADING + yaml.safe_dump({"sources": sources}, sort_keys=False, allow_unicode=True, width=120)


def _source(schema: str, tables: list[dict[str, Any]]) -> dict[str, Any]:
    return {"name": schema, "schema": schema, "tables": tables}


def _table(contract: Contract, description: str, more: dict[str, tuple[str, str]]) -> dict[str, Any]:
    declared = {column.name: column for column in contract.columns}
    companions = {name: column for column in contract.columns for name in column.companions}
    columns = []
    for name, data_type in contract.lake_columns.items():
        if name in ORIGIN_COLUMNS:
            columns.append(_column(name, data_type, ORIGIN[name], False))
        elif name in declared:
            columns.append(_column(name, data_type, declared[name].en, declared[name].is_personal))
        else:
            column = companions[name]
            is_form = name == column.normalized_name
            said = f"{column.en}, in comparable form" if is_form else f"Whether {column.name} is a landline"
            columns.append(_column(name, data_type, said, column.is_personal and is_form))
    columns += [_column(name, data_type, meaning, False) for name, (data_type, meaning) in more.items()]
    return {"name": contract.feed, "description": description, "columns": columns}


def _reference_table(contract: Contract) -> dict[str, Any]:
    columns = [_column(column.name, column.duckdb_type, column.en, column.is_personal) for column in contract.columns]
    return {"name": contract.feed, "description": contract.grain.en, "columns": columns}


def _with_tests(contract: Contract, table: dict[str, Any]) -> dict[str, Any]:
    """What the contract promises of every row, as dbt's own tests say it."""
    required = {column.name for column in contract.columns if column.is_required}
    values = {column.name: list(column.values) for column in contract.columns if column.values}
    columns = []
    for column in table["columns"]:
        tests: list[Any] = ["not_null"] if column["name"] in required else []
        if column["name"] in values:
            tests.append({"accepted_values": {"arguments": {"values": values[column["name"]]}}})
        columns.append({**column, "data_tests": tests} if tests else column)
    key = {"unique_together": {"arguments": {"columns": ["source_name", *contract.key]}}}
    return {**table, "columns": columns} | ({} if contract.is_log else {"data_tests": [key]})


def _column(name: str, data_type: str, description: str, is_personal: bool) -> dict[str, Any]:
    column: dict[str, Any] = {"name": name, "data_type": data_type, "description": description}
    return column | ({"config": {"meta": {"is_personal": True}}} if is_personal else {})
