"""Judges in which encoding bytes read like ordinary text of a language. Opening files does not belong here."""

from collections.abc import Iterable, Sequence
from functools import cache

FEWEST_CHARACTERS = 10  # of which anything can be said
SURE_OF_CHINESE = 0.8
SURE_OF_OTHER = 0.8
CLEARLY_BETTER = 0.15

Ranges = tuple[tuple[int, int], ...]

# The double bytes of what is ordinarily written: marks, letters, and the ideographs that a standard puts first. In
# GB18030 that is all of GB 2312, because names need its second half; what lies beyond is rare in any Chinese text.
ORDINARY: dict[str, Ranges] = {
    "gb18030": ((0xA1A1, 0xA1FE), (0xA3A1, 0xA3FE), (0xB0A1, 0xF7FE)),
    "cp950": ((0xA140, 0xA3BF), (0xA440, 0xC67E)),
    "cp932": ((0x8140, 0x81FC), (0x824F, 0x82F1), (0x8340, 0x8396), (0x889F, 0x9872)),
}
JAPANESE = "cp932"

# What a user calls them, with the codec that reads them and the set of its ordinary characters.
OTHERS: dict[str, tuple[str, str]] = {
    "big5": ("cp950", "cp950"),
    "shift_jis": ("cp932", JAPANESE),
    "euc_jp": ("euc_jp", JAPANESE),
}
WESTERN = "cp1252"


def likelier_than_gb18030(lines: Sequence[bytes]) -> str | None:
    """The encoding in which the lines read like ordinary text where in GB18030 they clearly do not; else None.

    What is ordinary in GB18030 is never doubted: to refuse a Chinese export is worse than to miss another encoding.
    """
    chinese, characters = _share("gb18030", "gb18030", lines)
    if chinese >= SURE_OF_CHINESE or characters < FEWEST_CHARACTERS:
        return None
    name, share = likeliest(lines)
    return name if share >= max(SURE_OF_OTHER, chinese + CLEARLY_BETTER) else None


def likeliest(lines: Sequence[bytes]) -> tuple[str, float]:
    """The encoding other than UTF-8 and GB18030 whose ordinary characters cover most, and the share they cover."""
    shares = {name: _share(codec, ordinary, lines)[0] for name, (codec, ordinary) in OTHERS.items()}
    shares[WESTERN] = _share_of_lone_letters(lines)
    best = max(shares, key=lambda name: shares[name])
    return best, shares[best]


def _share(codec: str, ordinary: str, lines: Iterable[bytes]) -> tuple[float, int]:
    """The share of ordinary characters among those beyond ASCII, and the number of the latter."""
    common, count, usual = 0, 0, _ordinary(ordinary)
    for line in lines:
        beyond = [character for character in line.decode(codec, "replace") if character > "\x7f"]
        common += sum(character in usual for character in beyond)
        count += len(beyond)
    return (common / count if count else 0.0), count


def _share_of_lone_letters(lines: Iterable[bytes]) -> float:
    """Letters with accents stand alone between others; a double byte never does, unless its second half is ASCII."""
    lone, count = 0, 0
    for line in lines:
        beyond = [byte > 0x7F for byte in b" " + line + b" "]
        count += sum(beyond)
        neighbours = zip(line, beyond[:-2], beyond[2:], strict=True)
        lone += sum(byte >= 0xC0 and not before and not after for byte, before, after in neighbours)
    return lone / count if count else 0.0


@cache
def _ordinary(codec: str) -> frozenset[str]:
    pairs = (code.to_bytes(2, "big") for first, last in ORDINARY[codec] for code in range(first, last + 1))
    decoded = (pair.decode(codec, "ignore") for pair in pairs)
    return frozenset(text for text in decoded if len(text) == 1 and text > "\x7f" and not _is_half_wide(text))


def _is_half_wide(character: str) -> bool:
    return "\uff61" <= character <= "\uff9f" or "\ue000" <= character <= "\uf8ff"
