"""A landed file becomes something DuckDB can read, and the rows nobody could read. Formats are parsed in formats/."""

import gzip
import lzma
import zipfile
import zlib
from pathlib import Path

from pipelines.landing.file_form import FileForm
from pipelines.landing.formats.archive import Opened, look_into
from pipelines.landing.formats.columns import named_columns
from pipelines.landing.formats.delimited import read_delimited
from pipelines.landing.formats.disguise import JSON, TABLES_OF_TEXT, refuse_disguise, refuse_false_packing
from pipelines.landing.formats.json_objects import read_json
from pipelines.landing.formats.spreadsheet import read_spreadsheet
from pipelines.landing.formats.table import LandedFile
from pipelines.landing.sql import as_plain_path, identifiers, literal
from pipelines.problems import BadInput

ACCEPTED = (*TABLES_OF_TEXT, *JSON, ".parquet", ".xlsx")


def read_landed_file(path: Path, name: str, folder: Path, form: FileForm) -> LandedFile:
    """The file `path`, called `name` in messages, with all it needs on disk put into `folder` (empty, ours).

    `form` is what the source declares of it: a header, a delimiter, the encoding of text that is neither marked nor
    valid UTF-8. Row numbers count the data rows of the file from 1; lines skipped after the header are part of it.
    BadInput when the file is damaged or its format is not one we accept.
    """
    _refuse_name(path, name)
    try:
        refuse_false_packing(path, name)
        opened = look_into(path, name)
        refuse_disguise(opened)
        return _read(opened, folder, form)
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, zipfile.BadZipFile, NotImplementedError) as error:
        raise BadInput(f"{name} is damaged or was cut off ({error}): export or copy it again") from error


def _refuse_name(path: Path, name: str) -> None:
    try:
        str(path).encode()
    except UnicodeEncodeError:
        shown = name.encode("utf-8", "backslashreplace").decode()
        raise BadInput(f"{shown}: the name of the file or of its folder is no UTF-8 text: rename it") from None


def _read(opened: Opened, folder: Path, form: FileForm) -> LandedFile:
    if opened.suffix in TABLES_OF_TEXT:
        return read_delimited(opened, folder, form)
    if opened.suffix == ".xlsx":
        return read_spreadsheet(opened, folder, form)
    if form.declares_columns and opened.suffix in (*JSON, ".parquet"):
        raise BadInput(
            f"{opened.name} names its columns itself: header and skip_lines_after_header are for CSV and .xlsx"
        )
    if opened.suffix in JSON:
        return read_json(opened, folder, form.encoding)
    if opened.suffix == ".parquet":
        return _read_parquet(opened, folder)
    raise BadInput(
        f"{opened.name} is of no format we accept: use {', '.join(ACCEPTED)}, "
        "plain, .gz or .zip; a file that is not to be read is moved away or named under `ignores` in source.yml"
    )


def _read_parquet(opened: Opened, folder: Path) -> LandedFile:
    """Parquet keeps its own types, so DuckDB reads it where it lies."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = opened.as_file(folder)
    try:
        header = named_columns(pq.read_schema(file).names, opened.name)
    except (pa.ArrowException, OSError) as error:
        raise BadInput(f"{opened.name} is not a readable Parquet file ({error}): export or copy it again") from error
    scan = f"read_parquet({literal(as_plain_path(file))}) as landed({identifiers(header.names)})"
    return LandedFile(f"select *, file_row_number + 1 as row_number from {scan}", remarks=header.remarks)
