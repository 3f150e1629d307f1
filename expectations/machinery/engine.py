"""Lets Great Expectations ask DuckDB, so that a rule over fifty million rows is one SQL query and no frame.

Great Expectations fetches rows after it has handed the connection back; a rollback at that moment would drop them.
Gates only read, so there is nothing to roll back. Rules and findings do not belong here.
"""

from typing import Any

from duckdb_sqlalchemy import Dialect
from sqlalchemy.dialects import registry


class ReadingDialect(Dialect):
    """DuckDB's dialect for a connection that only reads: transactions begin and end without a word."""

    supports_statement_cache = True

    def do_begin(self, connection: Any) -> None:
        """Begin nothing."""

    def do_commit(self, connection: Any) -> None:
        """Commit nothing."""

    def do_rollback(self, connection: Any) -> None:
        """Keep the rows that are still to be fetched."""


def register() -> None:
    """Make `duckdb+reading://` known to SQLAlchemy; again is harmless."""
    registry.register("duckdb.reading", __name__, ReadingDialect.__name__)
