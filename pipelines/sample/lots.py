"""Draws that belong to a person: asked again for the same thing, the same lot comes, on whatever day one asks."""

import numpy as np

STEP, FIRST_FACTOR, SECOND_FACTOR = 0x9E3779B97F4A7C15, np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def draw_lots(rng: np.random.Generator, size: int) -> np.ndarray:
    """What each person's lots come of (uint64)."""
    return rng.integers(0, 2**64, size, np.uint64)


def lot(of: np.ndarray, number: int) -> np.ndarray:
    """Each person's lot for the thing of this number: from 0 to 1, evenly (SplitMix64: Steele, Lea & Flood 2014)."""
    mixed = of + np.uint64(STEP * (number + 1) % 2**64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * FIRST_FACTOR
    mixed = (mixed ^ (mixed >> np.uint64(27))) * SECOND_FACTOR
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)) * 2.0**-53
