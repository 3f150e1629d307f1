"""Columns of text from columns of numbers, without a Python loop. Only formatting; meanings live with their callers."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def joined(*parts: pa.Array | str) -> pa.Array:
    """The parts of each row one after the other; null where a part is null."""
    return pc.binary_join_element_wise(*parts, "")


def numbered(prefix: str, numbers: np.ndarray, width: int) -> pa.Array:
    """Identifiers such as C00000042."""
    return joined(prefix, pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0"))


def money(cents: np.ndarray) -> pa.Array:
    """Amounts with two decimals from whole cents, which must not be negative."""
    fraction = pc.utf8_lpad(pa.array(cents % 100).cast(pa.string()), 2, "0")
    return joined(pa.array(cents // 100).cast(pa.string()), ".", fraction)


def picked(rng: np.random.Generator, choices: tuple[str | None, ...], shares: tuple[float, ...], size: int) -> pa.Array:
    """`size` choices drawn by their shares, which are brought to sum to one."""
    drawn = rng.choice(len(choices), size, p=np.array(shares) / sum(shares))
    return pa.array(choices, pa.string()).take(pa.array(drawn))


def where(condition: np.ndarray, value: pa.Array | str | None, otherwise: pa.Array | str | None) -> pa.Array:
    """`value` where the condition holds, `otherwise` elsewhere; None is null."""
    scalars = [pa.scalar(text, pa.string()) if not isinstance(text, pa.Array) else text for text in (value, otherwise)]
    return pc.if_else(pa.array(condition), *scalars)
