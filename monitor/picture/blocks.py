"""A picture as numbers that are equal only where it is equal: one per block, to tell what changed and what did not."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from .frame import Frame, some_rows

GRID = (23, 40)  # rows, columns: of 640 x 360 each block has 16 x 16 samples, as coded

Sums = NDArray[np.uint64]  # GRID
Marks = NDArray[np.uint16]  # GRID

# A coefficient that changes is seen in all eight rows of its coded block: of each eight in 360 two are enough. Of 1080p
# two thirds of the coded blocks are looked at; each block here has nine times as many.
_ROWS = 90
_LONGEST = 4096  # words or rows; 8K has 1920 words of four samples in a row
# Odd numbers spread over 64 bits by splitmix64 (Steele, Lea, Flood 2014): no two rows and no two words weigh the same.
_STEP = np.uint64(0x9E3779B97F4A7C15)


def block_sums(frame: Frame) -> Sums:
    """64 bits for each block, of every luma sample in the rows that are looked at (at least _ROWS).

    Weighted sums modulo 2^64 of words of four samples: blocks that differ share a sum with a probability of about
    2^-32 (multilinear hashing, Carter and Wegman 1979). The last up to three columns are left out.
    """
    rows = some_rows(frame.y, _ROWS)
    words = rows[:, : rows.shape[1] // 4 * 4].view(np.uint32) if rows.shape[1] >= 4 else rows
    height, width = words.shape
    # Rows first: they are added as a whole, which leaves little to be added word by word.
    theirs, weights = _rows_of_blocks(height)
    columns = np.einsum("brw,br->bw", words[theirs], weights)
    sums: Sums = np.add.reduceat(columns * _ACROSS[:width], _edges(width, GRID[1]), axis=1)
    return sums


@cache
def _rows_of_blocks(height: int) -> tuple[NDArray[np.intp], Sums]:
    """Which rows belong to each row of blocks, and what they weigh: 0 where it has fewer than others."""
    first = _edges(height, GRID[0])
    many = np.maximum(np.append(first[1:], height) - first, 1)
    after = np.arange(many.max())
    theirs = np.minimum(first[:, None] + after, height - 1)
    return theirs, np.where(after < many[:, None], _DOWN[theirs], np.uint64(0))


def fingerprint(sums: Sums) -> bytes:
    """16 bytes that two pictures share only if every block's sum is equal (nothing can be read back)."""
    return blake2b(sums.tobytes(), digest_size=16).digest()


def marks(sums: Sums) -> Marks:
    """The upper 16 bits of each sum: blocks that differ share them once in 65,536."""
    short: Marks = (sums >> np.uint64(48)).astype(np.uint16)
    return short


@cache
def _edges(length: int, parts: int) -> NDArray[np.intp]:
    """Where ``parts`` equal parts begin; of fewer samples than parts some are named twice."""
    return np.arange(parts) * length // parts


def _weights(first: int) -> Sums:
    mixed: Sums = np.arange(first, first + _LONGEST, dtype=np.uint64) * _STEP
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    mixed |= np.uint64(1)
    return mixed


_ACROSS, _DOWN = _weights(1), _weights(1 + _LONGEST)
