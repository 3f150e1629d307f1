"""What source.yml may declare of the files of one input: where they lie and how they are written. Nothing is read."""

from pathlib import PurePath
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class FileForm(BaseModel):
    """The files of one input; a plain text in source.yml is a pattern alone.

    `header` names the columns of files that have no header line. `skip_lines_after_header` says how many lines explain
    the columns before the rows begin: they are part of the header, so the first row after them is row 1. `delimiter`
    is one character; `encoding` counts for text that is neither marked nor valid UTF-8.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    pattern: str
    header: tuple[str, ...] = ()
    skip_lines_after_header: int = Field(default=0, ge=0, le=100)
    encoding: str | None = None
    delimiter: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_pattern(cls, given: Any) -> Any:
        return {"pattern": given} if isinstance(given, str) else given

    @field_validator("pattern")
    @classmethod
    def _is_a_pattern(cls, value: str) -> str:
        parts = PurePath(value).parts
        if not parts or "\0" in value:
            raise ValueError(f"'{value}' is no pattern of file names such as orders*.csv")
        if PurePath(value).is_absolute() or ".." in parts:
            raise ValueError(f"the pattern '{value}' leaves the data folder: write it as seen from there, e.g. orders*")
        if any("**" in part and part != "**" for part in parts):
            raise ValueError(f"the pattern '{value}' has ** beside other characters: write **/ for folders in folders")
        return value

    @field_validator("header")
    @classmethod
    def _names_differ(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        names = [name.strip().casefold() for name in value]
        if "" in names or len(set(names)) < len(names):
            raise ValueError("a header names each column, and no two alike")
        return value

    @field_validator("encoding")
    @classmethod
    def _is_an_encoding(cls, value: str | None) -> str | None:
        return value and known_encoding(value)

    @field_validator("delimiter")
    @classmethod
    def _is_one_character(cls, value: str | None) -> str | None:
        if value is not None and (len(value) != 1 or value in '"\r\n\0'):
            raise ValueError(f"{value!r} is no delimiter: it is one character such as ; or ^")
        return value

    @model_validator(mode="after")
    def _has_one_header(self) -> "FileForm":
        if self.header and self.skip_lines_after_header:
            raise ValueError("skip_lines_after_header is for files with a header line, header for those without")
        return self

    @property
    def declares_columns(self) -> bool:
        """Whether anything is said that only files of rows and columns without names of their own can have."""
        return bool(self.header or self.skip_lines_after_header)


def known_encoding(value: str) -> str:
    """The codec's own name. ValueError when Python knows none that turns bytes into text."""
    import codecs

    try:
        if b"a,1\n".decode(value) == "a,1\n" or "a".encode(value).decode(value) == "a":
            return codecs.lookup(value).name
    except (LookupError, ValueError):
        pass
    raise ValueError(f"'{value}' is no text encoding such as utf-8 or gb18030")
