"""Reads a memory as the version before wrote it: a line of numbers (JSON), the arrays, a checksum. Never writes one.

So an update makes no camera learn anew; the next look stores it in the present form (``storing``).
"""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any, Final

from .memory import Doubts, Golden, Memory, Mode, Reference, Repeats, Stillness, Tally

FORM: Final = b"sharp-eyes picture memory 3\n"
_CHECKSUM: Final = 16


def is_whole(stored: bytes) -> bool:
    """Whether the checksum is that of what stands before it."""
    return blake2b(stored[:-_CHECKSUM], digest_size=_CHECKSUM).digest() == stored[-_CHECKSUM:]


def read(stored: bytes) -> Memory:
    """The value, of whole bytes; ``ValueError``, ``TypeError`` or ``KeyError`` where they do not hold together."""
    numbers, _, arrays = stored[len(FORM) : -_CHECKSUM].partition(b"\n")
    return _memory(json.loads(numbers), _Arrays(arrays))


class _Arrays:
    """Hands out the arrays in the order they were written."""

    def __init__(self, stored: bytes) -> None:
        self._stored = stored
        self._at = 0

    def next(self, length: int) -> bytes:
        start, self._at = self._at, self._at + length
        if not 0 <= start <= self._at <= len(self._stored):
            raise ValueError("an array is cut off")
        return self._stored[start : self._at]


def _memory(numbers: dict[str, Any], arrays: _Arrays) -> Memory:
    """In the order of the fields, which is that of the arrays."""
    return Memory(
        **{
            **numbers,
            "mode": Mode(numbers["mode"]),
            "colour": _reference(numbers["colour"], arrays),
            "infrared": _reference(numbers["infrared"], arrays),
            "colour_repeats": Repeats(**numbers["colour_repeats"]),
            "infrared_repeats": Repeats(**numbers["infrared_repeats"]),
            "stillness": _stillness(numbers["stillness"], arrays),
            "doubts": _with_arrays(Doubts, numbers["doubts"], arrays, ("lost", "soft", "dimmed")),
            "golden_doubts": _with_arrays(Doubts, numbers["golden_doubts"], arrays, ("lost", "soft", "dimmed")),
            "tallies": tuple(Tally(**tally) for tally in numbers["tallies"]),
        }
    )


def _reference(numbers: dict[str, Any], arrays: _Arrays) -> Reference:
    numbers = {**numbers, **{name: tuple(numbers[name]) for name in ("means", "variances", "gathered")}}
    names = ("structure", "texture", "profile", "tints")
    whole = {**numbers, **{name: arrays.next(numbers[name]) for name in names}}
    golden = numbers["golden"]
    return Reference(**{**whole, "golden": golden and _with_arrays(Golden, golden, arrays, ("structure", "texture"))})


def _stillness(numbers: dict[str, Any], arrays: _Arrays) -> Stillness:
    """Without what it knew of a clock, which is asked no more."""
    names = ("marks", "earlier", "ticks", "recent", "older")
    whole = {**numbers, **{name: arrays.next(numbers[name]) for name in names}}
    return Stillness(**{name: value for name, value in whole.items() if name not in ("ticks", "standing")})


def _with_arrays(kind: type[Any], numbers: dict[str, Any], arrays: _Arrays, names: tuple[str, ...]) -> Any:
    return kind(**{**numbers, **{name: arrays.next(numbers[name]) for name in names}})
