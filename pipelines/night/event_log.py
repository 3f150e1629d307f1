"""The orchestrator's event log, its databases kept open from event to event. What is in it stands in runs.py.

A night writes some 800 events. Dagster's own SQLite storage makes an engine, opens the database, forces the disk and
closes it again for each, up to four times: half a minute on a busy disk. Named in dagster.yaml.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    INDEX_SHARD_NAME,
    SQLITE_BUSY_TIMEOUT_SECONDS,
    SqliteEventLogStorage,
)
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event, inspect

KEPT_OPEN = 8  # databases: that of all runs, and those of the runs that were looked at last


class KeptOpenEventLog(SqliteEventLogStorage):
    """The same files in the same place; what the last seconds before a power cut told may be lost, and nothing else."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """Nothing to configure: it lies where Dagster's own does."""
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> "KeptOpenEventLog":
        """The log of the Dagster home."""
        return cls(str(Path(os.environ["DAGSTER_HOME"]) / "history" / "runs"), inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock, self._engine(shard).connect() as connection, connection.begin():
            yield connection

    def _engine(self, shard: str) -> Engine:
        """The engine of one database, whose pool keeps its connection."""
        engine = self._engines.pop(shard, None)
        if engine is None:
            engine = create_engine(
                self.conn_string_for_shard(shard), connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS}
            )
            event.listen(engine, "connect", lambda driver, _record: driver.execute("pragma synchronous = normal"))
            self._initdb(engine)
        self._engines[shard] = engine  # at the end: the one that was asked for longest ago is the first
        while len(self._engines) > KEPT_OPEN:
            self._engines.pop(next(iter(self._engines))).dispose()
        return engine

    def has_table(self, table_name: str) -> bool:
        """Whether the database of all runs has such a table; asked at every check that is stored."""
        with self._engine(
            INDEX_SHARD_NAME
        ).connect() as connection:  # within another's transaction, so without the lock
            return inspect(connection).has_table(table_name)

    def dispose(self) -> None:
        """Close them."""
        super().dispose()
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
