"""A memory as bytes and back: a line of numbers (JSON), then the arrays as they are, then a checksum.

Damaged, cut and foreign bytes give one clear error; whoever reads it starts to learn anew. A reference that is still
gathered from its first key frames is not written: they show who stood there.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from functools import cache
from hashlib import blake2b
from typing import Any

from monitor.errors import PictureMemoryBroken

from .memory import Doubts, Golden, Memory, Mode, Reference, Repeats, Stillness, Tally

_FORM = b"sharp-eyes picture memory 3\n"
_CHECKSUM = 16
_NEXT = "delete it, and the camera is learnt anew"


def to_bytes(memory: Memory) -> bytes:
    """At most 16 kB for each mode, and of one that is still gathered nothing."""
    colour, infrared = (Reference() if each.is_gathering else each for each in (memory.colour, memory.infrared))
    memory = replace(memory, colour=colour, infrared=infrared)
    arrays: list[bytes] = []
    numbers = json.dumps(_plain(memory, arrays), separators=(",", ":"))
    body = _FORM + numbers.encode() + b"\n" + b"".join(arrays)
    return body + blake2b(body, digest_size=_CHECKSUM).digest()


def from_bytes(stored: bytes) -> Memory:
    """The value again; ``PictureMemoryBroken`` for anything that ``to_bytes`` did not write."""
    body, checksum = stored[:-_CHECKSUM], stored[-_CHECKSUM:]
    if not body.startswith(_FORM):
        raise PictureMemoryBroken(f"this is no memory of a picture in the form of this version: {_NEXT}")
    if blake2b(body, digest_size=_CHECKSUM).digest() != checksum:
        raise PictureMemoryBroken(f"the memory of a picture is damaged: {_NEXT}")
    numbers, _, arrays = body[len(_FORM) :].partition(b"\n")
    try:
        return _memory(json.loads(numbers), _Arrays(arrays))
    except (ValueError, TypeError, KeyError) as error:
        raise PictureMemoryBroken(f"the memory of a picture does not hold together ({error}): {_NEXT}") from error


def _plain(value: Any, arrays: list[bytes]) -> Any:
    """Numbers, texts and lists; in the place of each array its length."""
    kind: Any = type(value)
    if kind is float or kind is int:
        return value
    if kind is bytes:
        arrays.append(value)
        return len(value)
    if kind is tuple:
        return [_plain(item, arrays) for item in value]
    return {name: _plain(getattr(value, name), arrays) for name in names} if (names := _fields(kind)) else value


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    """Of a dataclass, in their order; of anything else none."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


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
            "stillness": _with_arrays(
                Stillness, numbers["stillness"], arrays, ("marks", "earlier", "ticks", "recent", "older")
            ),
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


def _with_arrays(kind: type[Any], numbers: dict[str, Any], arrays: _Arrays, names: tuple[str, ...]) -> Any:
    return kind(**{**numbers, **{name: arrays.next(numbers[name]) for name in names}})
