"""A memory as bytes and back: of each part its numbers (packed), then its arrays as they are; at the end a checksum.

Damaged, cut and foreign bytes give one clear error; whoever reads it starts to learn anew. A reference that is still
gathered from its first key frames is not written: they show who stood there.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import fields, replace
from operator import attrgetter
from struct import Struct
from typing import Any, Final, Generic, TypeVar
from zlib import crc32

from monitor.errors import PictureMemoryBroken

from . import former
from .memory import Doubts, Golden, Measure, Memory, Mode, Reference, Repeats, Stillness, Tally

T = TypeVar("T")

_FORM: Final = b"sharp-eyes picture memory 5\n"
_CHECKSUM: Final = Struct("<I")  # CRC-32: against bad disks, not against people, who could as well write a new one
_NEXT: Final = "delete it, and the camera is learnt anew"
_HEAD: Final = Struct("<?qq?BI")  # mode, in_mode, clear_us, veiled; how many tallies, length of their names
_REFERENCE: Final = Struct(f"<qq4I{2 * len(Measure)}d?")  # seen, updated_us, lengths, means, variances; a golden copy?
_CODES: Final = {"int": "q", "float": "d", "bool": "?", "bytes": "I"}  # by the annotation; of an array its length


def to_bytes(memory: Memory) -> bytes:
    """At most 16 kB for each mode, and of one that is still gathered nothing."""
    if memory.is_gathering:
        colour, infrared = (Reference() if each.is_gathering else each for each in (memory.colour, memory.infrared))
        memory = replace(memory, colour=colour, infrared=infrared)
    pieces = [
        _FORM,
        *_head(memory),
        *_pieces_of(memory.colour),
        *_pieces_of(memory.infrared),
        *_REPEATS.pieces(memory.colour_repeats),
        *_REPEATS.pieces(memory.infrared_repeats),
        *_STILLNESS.pieces(memory.stillness),
        *_DOUBTS.pieces(memory.doubts),
        *_DOUBTS.pieces(memory.golden_doubts),
    ]
    body = b"".join(pieces)
    return body + _CHECKSUM.pack(crc32(body))


def from_bytes(stored: bytes) -> Memory:
    """The value again; ``PictureMemoryBroken`` for anything that neither ``to_bytes`` nor the version before wrote."""
    read: Callable[[bytes], Memory] = _read
    if stored.startswith(_FORM):
        body = stored[: -_CHECKSUM.size]
        whole = stored.endswith(_CHECKSUM.pack(crc32(body)))
    elif stored.startswith(former.FORM):
        body, whole, read = stored, former.is_whole(stored), former.read
    else:
        raise PictureMemoryBroken(f"this is no memory of a picture in the form of this version: {_NEXT}")
    if not whole:
        raise PictureMemoryBroken(f"the memory of a picture is damaged: {_NEXT}")
    try:
        return read(body)
    except (ValueError, TypeError, KeyError, struct.error) as error:
        raise PictureMemoryBroken(f"the memory of a picture does not hold together ({error}): {_NEXT}") from error


class _Stored:
    """Bytes, read from their beginning to their end."""

    def __init__(self, body: bytes, at: int) -> None:
        self._body = body
        self._at = at

    def numbers(self, form: Struct) -> tuple[Any, ...]:
        """The next ones."""
        found = form.unpack_from(self._body, self._at)
        self._at += form.size
        return found

    def array(self, length: int) -> bytes:
        """The next one."""
        start, self._at = self._at, self._at + length
        if self._at > len(self._body):
            raise ValueError("an array is cut off")
        return self._body[start : self._at]

    def end(self) -> None:
        """Nothing may be left."""
        if self._at != len(self._body):
            raise ValueError("there is more than belongs to it")


class _Plain(Generic[T]):
    """How the values of a class are written whose fields are numbers and arrays alone."""

    def __init__(self, kind: type[T]) -> None:
        its: Any = fields(kind)  # type: ignore[arg-type]  # a class of ``memory``
        self._kind = kind
        self._values = attrgetter(*(each.name for each in its))
        self._arrays = tuple(place for place, each in enumerate(its) if each.type == "bytes")
        self._form = Struct("<" + "".join(_CODES[each.type] for each in its))

    def pieces(self, value: T) -> list[bytes]:
        """To be joined."""
        numbers = list(self._values(value))
        arrays = [numbers[place] for place in self._arrays]
        for place in self._arrays:
            numbers[place] = len(numbers[place])
        return [self._form.pack(*numbers), *arrays]

    def read(self, stored: _Stored) -> T:
        """The next value."""
        values = list(stored.numbers(self._form))
        for place in self._arrays:
            values[place] = stored.array(values[place])
        return self._kind(*values)


_GOLDEN: Final = _Plain(Golden)
_REPEATS: Final = _Plain(Repeats)
_STILLNESS: Final = _Plain(Stillness)
_DOUBTS: Final = _Plain(Doubts)


def _read(body: bytes) -> Memory:
    stored = _Stored(body, len(_FORM))
    infrared, in_mode, clear_us, veiled, many, length = stored.numbers(_HEAD)
    counts = stored.numbers(Struct(f"<{3 * many}q"))
    names = stored.array(length).decode().split("\n") if many else ()
    memory = Memory(
        Mode.INFRARED if infrared else Mode.COLOUR,
        in_mode,
        _reference(stored),
        _reference(stored),
        _REPEATS.read(stored),
        _REPEATS.read(stored),
        _STILLNESS.read(stored),
        _DOUBTS.read(stored),
        _DOUBTS.read(stored),
        tuple(map(Tally, counts[::3], counts[1::3], counts[2::3], names)),
        clear_us,
        veiled,
    )
    stored.end()
    return memory


def _head(memory: Memory) -> tuple[bytes, ...]:
    """What is of no light, and the tallies: their numbers, then the names of what holds."""
    names = "\n".join(tally.active for tally in memory.tallies).encode()
    many = len(memory.tallies)
    counts = [number for tally in memory.tallies for number in (tally.bad, tally.good, tally.from_us)]
    infrared = memory.mode is Mode.INFRARED
    head = _HEAD.pack(infrared, memory.in_mode, memory.clear_us, memory.veiled, many, len(names))
    return head, struct.pack(f"<{3 * many}q", *counts), names


def _pieces_of(reference: Reference) -> list[bytes]:
    arrays = (reference.structure, reference.texture, reference.profile, reference.tints)
    golden = reference.golden
    numbers = _REFERENCE.pack(
        reference.seen,
        reference.updated_us,
        *map(len, arrays),
        *reference.means,
        *reference.variances,
        golden is not None,
    )
    return [numbers, *arrays, *(_GOLDEN.pieces(golden) if golden else ())]


def _reference(stored: _Stored) -> Reference:
    seen, updated_us, *rest, has_golden = stored.numbers(_REFERENCE)
    structure, texture, profile, tints = (stored.array(length) for length in rest[:4])
    means, variances = tuple(rest[4 : 4 + len(Measure)]), tuple(rest[4 + len(Measure) :])
    golden = _GOLDEN.read(stored) if has_golden else None
    return Reference(seen, updated_us, structure, texture, profile, tints, means, variances, golden)
