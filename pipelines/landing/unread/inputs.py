"""Which feed a name is likely to mean, by the patterns of a source's files. What lies there is not asked here."""

import re
from pathlib import PurePosixPath

from pipelines.landing.sources import Source
from pipelines.landing.unread.likeness import contained


def pattern_of(source: Source, input_name: str) -> str:
    """The pattern that the files of an input match."""
    return source.files[input_name].pattern


def feed_meant(name: str, source: Source) -> str | None:
    """The feed whose files' names `name` contains or resembles."""
    feeds = {word: feed for feed in reversed(source.feeds) for word in words_of(feed, source)}
    word = contained(name, feeds)
    return feeds[word] if word else None


def words_of(feed: str, source: Source) -> list[str]:
    """The feed's name, and the letters that the pattern of its files begins or ends with."""
    stem = PurePosixPath(pattern_of(source, source.feeds[feed].reads[0])).name.split(".")[0]
    literal = max(re.split(r"[*?\[\]\d]+", stem), key=len)
    return [word for word in (literal, feed) if word]
