"""A landed file becomes something DuckDB can read, and the rows nobody could read. Formats are parsed in formats/."""

import gzip
import zipfile
import zlib
from pathlib import Path

from pipelines.landing.formats.archive import Opened, look_into
from pipelines.landing.formats.delimited import read_delimited
from pipelines.landing.formats.json_lines import read_json_lines
from pipelines.landing.formats.spreadsheet import read_spreadsheet
from pipelines.landing.formats.table import LandedFile, checked_header
from pipelines.landing.sql import as_plain_path, literal
from pipelines.problems import BadInput

DELIMITED = (".csv", ".tsv", ".txt")
JSON_LINES = (".jsonl", ".ndjson", ".json")


def read_landed_file(path: Path, name: str, folder: Path, encoding: str | None) -> LandedFile:
    """The file `path`, called `name` in messages, with all it needs on disk put into `folder` (empty, ours).

    `encoding` is what the source declares for text that is neither marked nor valid UTF-8. Row numbers count the data
    rows of the file from 1. BadInput when the file is damaged or its format is not one we accept.
    """
    try:
        opened = look_into(path, name)
        if opened.suffix in DELIMITED:
            return read_delimited(opened, folder, encoding)
        if opened.suffix in JSON_LINES:
            return read_json_lines(opened, folder, encoding)
        if opened.suffix == ".xlsx":
            return read_spreadsheet(opened, folder)
        if opened.suffix == ".parquet":
            return _read_parquet(opened, folder)
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        raise BadInput(f"{name} is damaged or was cut off ({error}): export or copy it again") from error
    accepted = ", ".join((*DELIMITED, *JSON_LINES, ".parquet", ".xlsx"))
    raise BadInput(f"{name} is of no format we accept: use {accepted}, plain, .gz or .zip")


def _read_parquet(opened: Opened, folder: Path) -> LandedFile:
    """Parquet keeps its own types, so DuckDB reads it where it lies."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = opened.as_file(folder)
    try:
        checked_header(pq.read_schema(file).names, opened.name)
    except (pa.ArrowException, OSError) as error:
        raise BadInput(f"{opened.name} is not a readable Parquet file ({error}): export or copy it again") from error
    scan = f"read_parquet({literal(as_plain_path(file))})"
    return LandedFile(f"select *, file_row_number + 1 as row_number from {scan}")
