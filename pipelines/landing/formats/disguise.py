"""Tells what a file is by its first bytes when its name says something else. No row is read here."""

import re
import zipfile
from pathlib import Path

from pipelines.landing.formats.archive import Opened
from pipelines.problems import BadInput

HEAD_BYTES = 4096
ZIP = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0"

TABLES_OF_TEXT = (".csv", ".tsv", ".txt")
JSON = (".json", ".jsonl", ".ndjson")
OLD_WORKBOOK = "an Excel workbook in the old form .xls: open it and save it as .xlsx or CSV"


def refuse_false_packing(path: Path, name: str) -> None:
    """BadInput when the file is not packed as its last suffix says."""
    packing = path.suffix.lower()
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if packing == ".zip" and head.startswith(ZIP) and _is_workbook(path):
        raise BadInput(f"{name} is an Excel workbook: name it .xlsx")
    if packing in (".gz", ".zip") and head and not head.startswith((b"\x1f\x8b", b"PK")):
        raise BadInput(f"{name} is not packed though its name ends in {packing}: take {packing} off its name")
    if (packing, head[:2]) in ((".gz", b"PK"), (".zip", b"\x1f\x8b")):
        right = ".zip" if packing == ".gz" else ".gz"
        raise BadInput(f"{name} is packed as {right}: name it {right} instead of {packing}")


def refuse_disguise(opened: Opened) -> None:
    """BadInput when the content is plainly of another form than `opened.suffix` says."""
    with opened.open() as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        return
    really = _binary(opened, head) or _text(opened, head)
    if really:
        raise BadInput(f"{opened.name} is {really}")


def _binary(opened: Opened, head: bytes) -> str | None:
    if head.startswith(OLD_OFFICE) and opened.suffix != ".xlsx":  # a workbook with a password begins like an old one
        return OLD_WORKBOOK if opened.suffix in (".xls", *TABLES_OF_TEXT) else "an Office document: save it as CSV"
    if head.startswith(ZIP) and opened.suffix != ".xlsx":
        if opened.packing == "" and not _is_workbook(opened.path):
            return "a .zip archive: name it so, with the form of what is inside, e.g. orders.csv.zip"
        return "an Excel workbook: name it .xlsx"
    if head.startswith(b"\x1f\x8b"):
        return "packed by gzip: name it so, e.g. orders.csv.gz"
    if head.startswith(b"PAR1") and opened.suffix != ".parquet":
        return "a Parquet file: name it .parquet"
    if head.startswith(b"%PDF"):
        return "a PDF: export the table as CSV"
    return None


def _text(opened: Opened, head: bytes) -> str | None:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if re.match(rb"<(!doctype|html|head|body|table|meta|\?xml)", text):
        return "a web page or XML: export the table as CSV or .xlsx"
    if opened.suffix in TABLES_OF_TEXT and re.match(rb'(\[\s*)?\{\s*"[^"\n]*"\s*:', text):
        return "JSON: name it .json"
    if opened.suffix in (".xlsx", ".xls", ".parquet") and b"\0" not in head and not head.startswith((ZIP, b"PAR1")):
        return f"text, whatever its name says: name it .csv instead of {opened.suffix}"
    return None


def _is_workbook(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return "[Content_Types].xml" in archive.namelist()
