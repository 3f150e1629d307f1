"""Which files of a landing folder no input of its source takes. What a file holds is not looked at here."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from pipelines.landing.landed_files import Landing
from pipelines.landing.unread.inputs import feed_meant, pattern_of, words_of
from pipelines.landing.unread.likeness import Unread, contained, is_required_feed, likely
from pipelines.problems import BadInput

# Files in which exports come, those among them that we cannot read included.
DATA = {".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".parquet", ".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"}
PACKED = {".gz", ".zip", ".bz2", ".xz", ".zst", ".7z", ".rar"}
OF_THE_DESKTOP = {"thumbs.db", "desktop.ini"}


def unread_files(landing: Landing, known_hashes: set[str]) -> list[Unread]:
    """The files that no pattern of the source matches, by name; one whose content the lake holds was read before."""
    return [
        _file(landing, path)
        for path in _unmatched(landing)
        if not (_feed_of(landing, path) and _is_known(landing, path, known_hashes))
    ]


def looks_like_input(landing: Landing, input_name: str) -> str:
    """A remark on the file that the input's own files are likely to be, empty when there is none."""
    feeds = [feed for feed, reads in landing.source.feeds.items() if input_name in reads.reads]
    words = [word for feed in feeds for word in words_of(feed, landing.source)]
    for path in _unmatched(landing):
        if _is_data(path) and contained(_stem(path), words):
            return f"{landing.name(path)} looks like it: rename it to match, "
    return ""


def _unmatched(landing: Landing) -> Iterator[Path]:
    taken = {path for input_name in landing.source.files for path in landing.files(input_name)}
    for path in sorted(landing.data_folder.rglob("*")):
        name = landing.name(path)
        is_hidden = any(part.startswith((".", "~$", "__MACOSX")) for part in Path(name).parts)
        if path in taken or is_hidden or not path.is_file() or path.name.casefold() in OF_THE_DESKTOP:
            continue
        if not any(fnmatchcase(name, pattern) for pattern in landing.source.ignores):
            yield path


def _file(landing: Landing, path: Path) -> Unread:
    feed = _feed_of(landing, path)
    detail = "no pattern of the source matches it"
    if feed:
        pattern = pattern_of(landing.source, landing.source.feeds[feed].reads[0])
        detail = (
            f"looks like feed {feed}, but does not match '{pattern}': rename it to match, move it away, "
            "or name it under ignores in source.yml"
        )
    name = landing.name(path)
    return Unread(kind="file", name=name, likely_feed=feed, is_required=is_required_feed(feed), detail=detail)


def _feed_of(landing: Landing, path: Path) -> str | None:
    """By its name, else by the name of a folder that it lies in (orders/2026-01-31.csv)."""
    if not _is_data(path):
        return None
    folders = Path(landing.name(path)).parent.parts
    words = {word: feed for feed in landing.source.feeds for word in words_of(feed, landing.source)}
    by_folder = next((words[word] for folder in folders if (word := likely(folder, words))), None)
    return feed_meant(_stem(path), landing.source) or by_folder


def _stem(path: Path) -> str:
    return path.name.split(".")[0]


def _is_data(path: Path) -> bool:
    suffixes = {suffix.casefold() for suffix in path.suffixes}
    return bool(suffixes & (DATA | PACKED))


def _is_known(landing: Landing, path: Path, known_hashes: set[str]) -> bool:
    try:
        return landing.hash(path) in known_hashes
    except BadInput:  # it may not be read, and so was not
        return False
