"""Writes the smallest Excel workbook that is one: sheets of texts, numbers, dates and cells spoiled on purpose."""

import datetime
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(frozen=True)
class Verbatim:
    """A cell as it stands in the sheet's XML."""

    content: str
    kind: str = "n"


FORMULA_WITHOUT_VALUE = Verbatim("<f>B2*2</f>")
COMPUTED = Verbatim("<f>1+1</f><v>2</v>")


def error(text: str) -> Verbatim:
    """A cell that shows an error such as #DIV/0!."""
    return Verbatim(f"<f>1/0</f><v>{text}</v>", "e")


FIXED = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{SHEETS}"><cellXfs count="2">'
    '<xf numFmtId="0"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>',
}


Rows = Sequence[Sequence[object]]


def write_workbook(path: Path, rows: Rows, others: Mapping[str, Rows] | None = None) -> Path:
    """The sheet Orders and the others; None is an empty cell, datetimes become what Excel shows as dates."""
    sheets = {"Orders": rows, **(others or {})}
    listed, relations = "", f'<Relationship Id="styles" Type="{DOCUMENT}/styles" Target="styles.xml"/>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, body) in enumerate(sheets.items(), start=1):
            listed += f'<sheet name="{name}" sheetId="{number}" r:id="r{number}"/>'
            target = f"worksheets/sheet{number}.xml"
            relations += f'<Relationship Id="r{number}" Type="{DOCUMENT}/worksheet" Target="{target}"/>'
            archive.writestr(f"xl/{target}", _sheet(body))
        workbook = f'<workbook xmlns="{SHEETS}" xmlns:r="{DOCUMENT}"><sheets>{listed}</sheets></workbook>'
        archive.writestr("xl/workbook.xml", workbook)
        archive.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>'
        )
        for name, text in FIXED.items():
            archive.writestr(name, text)
    return path


def _sheet(rows: Rows) -> str:
    body = "".join(
        f'<row r="{number}">{"".join(_cell(value, number, place) for place, value in enumerate(row))}</row>'
        for number, row in enumerate(rows, start=1)
    )
    return f'<worksheet xmlns="{SHEETS}"><sheetData>{body}</sheetData></worksheet>'


def _cell(value: object, row: int, place: int) -> str:
    where = f'r="{chr(ord("A") + place)}{row}"'
    if value is None:
        return ""
    if isinstance(value, Verbatim):
        return f'<c {where} t="{value.kind}">{value.content}</c>'
    if isinstance(value, datetime.datetime):
        days = (value - datetime.datetime(1899, 12, 30)).total_seconds() / 86_400
        return f'<c {where} s="1"><v>{days!r}</v></c>'
    if isinstance(value, int | float):
        return f"<c {where}><v>{value!r}</v></c>"
    return f'<c {where} t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'
