"""What an asset page shows of a table: its rows, and a preview that holds nothing personal."""

from pathlib import Path

import dagster as dg

from pipelines.warehouse.build import connect, count_rows, preview

SCHEMAS_WITH_PERSONAL_FIELDS = {"raw", "superseded", "staging", "intermediate"}


def table_metadata(build: Path, table: str) -> dict[str, dg.MetadataValue]:
    """Row count of `table` ("schema.name") and, where no personal field can be in it, its first rows as Markdown."""
    with connect(build, read_only=True) as connection:
        metadata: dict[str, dg.MetadataValue] = {
            "dagster/row_count": dg.MetadataValue.int(count_rows(connection, table))
        }
        if table.split(".")[0] not in SCHEMAS_WITH_PERSONAL_FIELDS:
            metadata["preview"] = dg.MetadataValue.md(preview(connection, table))
    return metadata
