"""Fuzzed bytes read as decisions: numbers, picks and pieces. No fuzzer is needed: every target is a test too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Choices:
    """Hands out the bytes from the front; when they are used up, every number is 0 and every piece empty."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        """Bytes not handed out yet."""
        return len(self._data) - self._at

    def number(self, below: int) -> int:
        """A number from 0 to below - 1, at most 65536 of them."""
        piece = self.piece(2 if below > 256 else 1)
        return int.from_bytes(piece, "big") % below

    def pick(self, among: Sequence[T]) -> T:
        """One of several."""
        return among[self.number(len(among))]

    def piece(self, size: int) -> bytes:
        """The next bytes, at most ``size``."""
        start = self._at
        self._at = min(len(self._data), start + size)
        return self._data[start : self._at]

    def rest(self) -> bytes:
        """Everything that is left."""
        return self.piece(self.left)
