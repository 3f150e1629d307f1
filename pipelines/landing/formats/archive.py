"""Opens a landed file whether it is plain, .gz or a .zip of one file. What is inside is not looked at here."""

import gzip
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

from pipelines.problems import BadInput

READABLE_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


@dataclass(frozen=True)
class Opened:
    """A landed file that can be opened as often as needed; `suffix` tells its format, `member` its name in a .zip."""

    path: Path
    name: str  # as the user knows it, for messages
    suffix: str
    packing: str = ""
    member: str = ""

    def open(self) -> IO[bytes]:
        """The unpacked bytes from their beginning."""
        if self.packing == ".gz":
            return cast(IO[bytes], gzip.open(self.path, "rb"))
        if self.packing == ".zip":
            return zipfile.ZipFile(self.path).open(self.member)
        return self.path.open("rb")

    def as_file(self, folder: Path) -> Path:
        """The unpacked file on disk: itself when it is plain, otherwise a copy in `folder`."""
        if not self.packing:
            return self.path
        copy = folder / f"unpacked{self.suffix}"
        with self.open() as packed, copy.open("wb") as unpacked:
            shutil.copyfileobj(packed, unpacked, length=1 << 20)
        return copy


def look_into(path: Path, name: str) -> Opened:
    """How `path` is packed and what format is inside. BadInput when a .zip does not hold exactly one readable file."""
    packing = path.suffix.lower()
    if packing == ".gz":
        return Opened(path, name, Path(path.stem).suffix.lower(), packing)
    if packing == ".zip":
        member = _only_member(path, name)
        return Opened(path, name, PurePosixPath(member).suffix.lower(), packing, member)
    return Opened(path, name, packing)


def _only_member(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if _is_data(member)]
    if len(members) != 1:
        raise BadInput(f"{name} holds {len(members)} files: pack each file into a .zip of its own")
    if members[0].flag_bits & 1:
        raise BadInput(f"{name} is protected by a password: pack it without one")
    if members[0].compress_type not in READABLE_METHODS:
        raise BadInput(f"{name} is packed by a method that few programs know: pack it as an ordinary .zip, or as .gz")
    return members[0].filename


def _is_data(member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(member.filename)
    return not member.is_dir() and not path.name.startswith(".") and "__MACOSX" not in path.parts
