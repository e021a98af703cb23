"""What is remembered of one camera's picture: a frozen value of small numbers.

All arrays are kept as bytes, so that a memory can be compared, sent and stored as it stands. ``docs/picture.md`` shows
the best picture anybody can make from it again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cache
from itertools import accumulate
from operator import attrgetter
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from .frame import Field
from .structure import COARSE_SHAPE, GRID
from .tint import NO_TINTS, Tints

TEXTURE_SHAPE: Final = (3, 9, 16)
PROFILE: Final = 90 + 160

_UNIT = 127.0  # steps of a structure's -1..1
_COARSE_UNIT = 7.0  # the same in a golden copy
_PAIRS: Final = (np.array([divmod(byte, 16) for byte in range(256)], np.float32) - 8) / np.float32(_COARSE_UNIT)
_OCTAVE = 15.0  # steps of a factor of two in energy ...
_LOWEST = -2.0  # ... above a quarter of a squared level
_ENERGIES: Final = np.exp2(np.arange(256, dtype=np.float32) / np.float32(_OCTAVE) + np.float32(_LOWEST))
_LEVEL = 2.0  # steps of a level in a profile, which reaches to 63 levels
_LEAST, _MOST = np.float32(-127), np.float32(127)  # steps of all but a texture, which has 0 to 255
_PARTS: Final = (int(np.prod(COARSE_SHAPE)), int(np.prod(TEXTURE_SHAPE)), PROFILE)  # of a reference, in one row ...
_ENDS: Final = tuple(accumulate(_PARTS))
_UNITS: Final = np.repeat(np.array([_UNIT, _OCTAVE, _LEVEL], np.float32), _PARTS)
_LOWESTS: Final = np.repeat(np.array([0, _LOWEST, 0], np.float32), _PARTS)
_LEASTS: Final = np.repeat(np.array([_LEAST, 0, _LEAST], np.float32), _PARTS)
_MOSTS: Final = np.repeat(np.array([_MOST, 255, _MOST], np.float32), _PARTS)
_RATIO = 64.0  # steps of 1 in a tint, which reaches to a ratio of 7 ...
_UNTOLD = -128  # ... where it was ever told


T = TypeVar("T")


def changed(value: T, **changes: object) -> T:
    """A frozen value of this package with some of its fields replaced; in half the time of ``dataclasses.replace``."""
    kind: Any = type(value)
    names, read = _read_of(kind)
    fields = dict(zip(names, read(value), strict=True))
    fields.update(changes)
    after: T = kind(*fields.values())
    return after


@cache
def _read_of(kind: Any) -> tuple[tuple[str, ...], Callable[[object], tuple[object, ...]]]:
    names = kind.__slots__
    return names, attrgetter(*names)


class Mode(StrEnum):
    """By which light a picture was taken: all that is learnt is learnt for each."""

    COLOUR = "colour"
    INFRARED = "infrared"  # in shades of grey


class Measure(IntEnum):
    """What a camera's mean and variance are learnt of."""

    LOST = 0
    SOFT = 1
    GRAIN = 2
    STRIPES = 3
    TINT = 4
    DAMAGED = 5
    CLIPPED = 6
    BRIGHTEST = 7
    LUMA = 8


@dataclass(frozen=True, slots=True)
class Golden:
    """The reference as it was when the camera was commissioned, or its view approved."""

    structure: bytes = field(repr=False)  # two of -1..1 in a byte, 7 steps to 1
    texture: bytes = field(repr=False)  # as that of the reference


@dataclass(frozen=True, slots=True)
class Reference:
    """What a camera shows in one mode: 12 kB with the golden copy.

    Until there is one, the first key frames are ``gathered`` in the memory of a process (``learning``): they show who
    stood there, so ``storing`` never writes them.
    """

    seen: int = 0  # good key frames that went into it
    updated_us: int = 0  # when the last one did, microseconds since 1970
    structure: bytes = field(default=bytes(int(np.prod(COARSE_SHAPE))), repr=False)  # int8, 127 steps to 1
    texture: bytes = field(default=bytes(int(np.prod(TEXTURE_SHAPE))), repr=False)  # uint8, 15 steps to an octave
    profile: bytes = field(default=bytes(PROFILE), repr=False)  # int8, 2 steps to a level
    tints: bytes = field(default=b"", repr=False)  # 2 x 9 x 16 int8, 64 steps to 1; b"" = none yet, or infra-red
    means: tuple[float, ...] = (0.0,) * len(Measure)
    variances: tuple[float, ...] = (0.0,) * len(Measure)
    golden: Golden | None = None
    gathered: tuple[bytes, ...] = field(default=(), repr=False)  # 7,882 bytes each, at most 6: as ``gathering`` says

    @property
    def is_gathering(self) -> bool:
        """Whether its first key frames are still single ones, which nobody may keep."""
        return bool(self.gathered)

    @property
    def has_outlines(self) -> bool:
        """Whether there is anything to compare a picture with."""
        return self.seen > 0 and not self.gathered

    def mean(self, measure: Measure) -> float:
        """Over the good key frames."""
        return self.means[measure]

    def deviation(self, measure: Measure) -> float:
        """Standard, over the good key frames."""
        return float(self.variances[measure] ** 0.5)


@dataclass(frozen=True, slots=True)
class Stillness:
    """What is remembered to tell a frozen picture."""

    marks: bytes = field(default=b"", repr=False)  # 23 x 40 uint16, of the last picture; b"" = none yet
    earlier: bytes = field(default=b"", repr=False)  # up to 3 x 23 x 20 uint8: a quarter of that, newest first
    recent: bytes = field(default=b"", repr=False)  # 2 bytes of each of the last pictures' fingerprints
    older: bytes = field(default=b"", repr=False)  # and of every third of those before
    looks: int = 0  # pictures so far
    hits: int = 0  # which of the last ones had been there before, a bit each
    at_us: int = 0  # of the last picture, microseconds since 1970
    run: int = 0  # pairs in a row that were equal
    run_from_us: int = 0
    high: int = 0  # pairs more alike than this camera's ever were, with few others between them
    low: int = 0  # others since the last of these
    high_from_us: int = 0
    high_most: float = 0.0
    confirmed: bool = False  # two snapshots were equal


@dataclass(frozen=True, slots=True)
class Repeats:
    """How often a live camera repeats its picture, in one mode."""

    equal: float = 0.0
    pairs: float = 0.0
    alike: float = 0.0  # the largest share of equal blocks in pairs that differ


@dataclass(frozen=True, slots=True)
class Doubts:
    """What the last key frame lacked against a reference (``steady``); b"" = there was none by this light."""

    lost: bytes = field(default=b"", repr=False)  # 9 x 16 uint8: outlines
    soft: bytes = field(default=b"", repr=False)  # 9 x 16 uint8: fine detail
    dimmed: bytes = field(default=b"", repr=False)  # 9 x 16 uint8: contrast
    contrast: float = 0.0  # ln of amplitude, of the whole


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one finding over the last key frames."""

    bad: int = 0
    good: int = 0  # in a row
    from_us: int = 0  # the first bad one
    active: str = ""  # the cause's value, while it holds


@dataclass(frozen=True, slots=True)
class Memory:
    """One camera's. Made by ``fresh``, carried on by ``examine``."""

    mode: Mode = Mode.COLOUR
    in_mode: int = 0  # key frames in a row
    colour: Reference = Reference()
    infrared: Reference = Reference()
    colour_repeats: Repeats = Repeats()
    infrared_repeats: Repeats = Repeats()
    stillness: Stillness = Stillness()
    doubts: Doubts = Doubts()  # against the reference
    golden_doubts: Doubts = Doubts()  # against the golden copy
    tallies: tuple[Tally, ...] = ()
    clear_us: int = 0  # when contrast was last normal; 0 = not yet
    veiled: bool = False  # contrast fell at once and has not come back
    # Of the approved view it followed last, -1 = none. Whoever keeps it writes it beside its bytes.
    approved_us: int = -1

    @classmethod
    def fresh(cls) -> Memory:
        """Of a camera never seen."""
        return cls()

    def to_bytes(self) -> bytes:
        """For a file: at most 16 kB for each mode, with version and checksum (``storing``)."""
        from .storing import to_bytes

        return to_bytes(self)

    @classmethod
    def from_bytes(cls, stored: bytes) -> Memory:
        """The value again; ``PictureMemoryBroken`` for anything that ``to_bytes`` did not write."""
        from .storing import from_bytes

        return from_bytes(stored)

    @property
    def reference(self) -> Reference:
        """Of the mode the last picture was in."""
        return self.colour if self.mode is Mode.COLOUR else self.infrared

    @property
    def repeats(self) -> Repeats:
        """Of the mode the last picture was in."""
        return self.colour_repeats if self.mode is Mode.COLOUR else self.infrared_repeats

    def gathering_of(self, other: Memory) -> Memory:
        """What is gathered in ``other``, where this one, which came from a file, has nothing by that light."""
        if not other.is_gathering:
            return self
        return changed(
            self,
            colour=self.colour if self.colour.seen else _gathering(other.colour),
            infrared=self.infrared if self.infrared.seen else _gathering(other.infrared),
        )

    @property
    def is_gathering(self) -> bool:
        """Whether something of it must not be written (``storing``)."""
        return self.colour.is_gathering or self.infrared.is_gathering

    def with_look(self, reference: Reference, tallies: tuple[Tally, ...]) -> Memory:
        """What one look changed; the reference is that of the present mode."""
        if self.mode is Mode.COLOUR:
            return changed(self, tallies=tallies, colour=reference)
        return changed(self, tallies=tallies, infrared=reference)

    def with_stillness(self, stillness: Stillness, repeats: Repeats) -> Memory:
        """What is known of stillness, and of repeats in the present mode, replaced."""
        if self.mode is Mode.COLOUR:
            return changed(self, stillness=stillness, colour_repeats=repeats)
        return changed(self, stillness=stillness, infrared_repeats=repeats)


def _gathering(reference: Reference) -> Reference:
    """What is gathered alone; what is still nothing in it (8 kB) is held once for all cameras."""
    if not reference.is_gathering:
        return Reference()
    kept = {name: getattr(reference, name) for name in ("seen", "updated_us", "tints", "gathered")}
    return Reference(**kept)


# ---------------------------------------------------------------- numbers as bytes, and back


def structure_of(stored: bytes) -> Field:
    """2 x 45 x 80 in -1..1."""
    return np.frombuffer(stored, np.int8).reshape(COARSE_SHAPE).astype(np.float32) / np.float32(_UNIT)


def golden_structure(stored: bytes) -> bytes:
    """A structure's bytes in half as many: what no longer follows anything needs no finer steps."""
    steps = np.rint(np.frombuffer(stored, np.int8) * (_COARSE_UNIT / _UNIT)).astype(np.int8) + 8
    pairs = steps.astype(np.uint8).reshape(-1, 2)
    packed: NDArray[np.uint8] = pairs[:, 0] << 4 | pairs[:, 1]
    return packed.tobytes()


def structure_of_golden(stored: bytes) -> Field:
    """2 x 45 x 80 in -1..1."""
    steps: Field = _PAIRS.take(np.frombuffer(stored, np.uint8), axis=0).reshape(COARSE_SHAPE)
    return steps


def energies_of(stored: Sequence[bytes]) -> Field:
    """Of n textures: n x 3 x 9 x 16 energies, of which they are the logarithms."""
    energies: Field = _ENERGIES.take(np.frombuffer(b"".join(stored), np.uint8))
    return energies.reshape(-1, *TEXTURE_SHAPE)


def profile_of(stored: bytes) -> Field:
    """90 + 160 levels."""
    return np.frombuffer(stored, np.int8).astype(np.float32) / np.float32(_LEVEL)


def tints_of(stored: bytes) -> Tints:
    """Of 9 x 16 blocks."""
    if not stored:
        return NO_TINTS
    steps = np.frombuffer(stored, np.int8).reshape(2, *GRID)
    return Tints(steps.astype(np.float32) / np.float32(_RATIO), steps[0] != _UNTOLD)


def mean_of(before: Field, now: Field, share: float) -> Field:
    """``before`` with a share of ``now``."""
    mean = now - before
    mean *= np.float32(share)
    mean += before
    return mean


def nearer(
    before: Reference, structure: Field, texture: Field, profile: Field, share: float, dither: Field
) -> tuple[bytes, bytes, bytes]:
    """The structure, texture and profile of a reference that has taken in a share of these.

    In the nearest steps, or by a ``dither`` in 0..1, as long as a structure, in one of the two that are near: so a slow
    mean can follow at all. All are reckoned as one row: to begin takes longer than to go on.
    """
    usual = np.empty(_ENDS[-1], np.float32)
    usual[: _ENDS[0]] = np.frombuffer(before.structure, np.int8)
    usual[_ENDS[0] : _ENDS[1]] = np.frombuffer(before.texture, np.uint8)
    usual[_ENDS[1] :] = np.frombuffer(before.profile, np.int8)
    usual /= _UNITS
    usual += _LOWESTS
    mean = mean_of(usual, np.concatenate((structure.ravel(), texture.ravel(), profile)), share)
    mean -= _LOWESTS
    mean *= _UNITS
    lengths = len(before.structure), len(before.texture), len(before.profile)
    steps = _whole(mean, np.concatenate([dither[:length] for length in lengths]), _LEASTS, _MOSTS)
    outlines, detail, rows = (steps[start:end] for start, end in zip((0, *_ENDS), _ENDS, strict=False))
    kinds = (outlines, np.int8), (detail, np.uint8), (rows, np.int8)
    first, second, third = (part.astype(kind).tobytes() for part, kind in kinds)
    return first, second, third


def stored_tints(tints: Tints, dither: Field) -> bytes:
    """As ``nearer`` rounds; 288 bytes."""
    steps = _whole((tints.values * np.float32(_RATIO)).ravel(), dither[: tints.values.size], _LEAST, _MOST)
    return np.where(tints.told, steps.reshape(2, *GRID), np.float32(_UNTOLD)).astype(np.int8).tobytes()


def _whole(values: Field, dither: Field, least: Field | np.float32, most: Field | np.float32) -> Field:
    """Steps in place of values."""
    values += dither
    np.floor(values, out=values)
    np.maximum(values, least, out=values)
    np.minimum(values, most, out=values)
    return values
