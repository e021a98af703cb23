"""Looks for pictures where none may be: in values and files, in text, and in the memory of a process.

A picture may lie there as a file of an image or as numbers of any usual type, row by row or column by column, its
colours in planes or in turns, at any size from 32 x 18 on, packed by zlib, gzip or zip, or written out as text. What is
too small, scrambled or encrypted is not found, nor are bits and halves of bytes, 16 bits beyond 1,000, differences,
logarithms, and texts of few numbers to a line or with other words between them.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.simulator.scenes import LIVE_SCENES, Scene, draw

Numbers = NDArray[np.float64]

# What nothing else has in it by chance: images, films, and what is packed as nothing of ours is.
TELLING: Final = (
    *(b"\x89PNG\r\n", b"GIF87a", b"GIF89a", b"WEBPVP8", b"JXL \r\n", b"jP  \r\n"),
    *(b"ftypavif", b"ftypheic", b"ftypmif1", b"ftypisom", b"ftypmp4", b"\xfd7zXZ\0", b"1AY&SY"),
)
HEADER: Final = re.compile(  # of BMP; of PGM and PPM
    rb"BM.{4}\0{4}.{4}[\x0c\x28\x6c\x7c]\0{3}|P[2356]\s{1,4}\d{1,5}\s{1,4}\d{1,5}\s{1,4}\d{1,5}\s", re.DOTALL
)
DECODED: Final = (b"\xff\xd8\xff", b"II*\0", b"MM\0*")  # JPEG and TIFF: too short to tell by themselves
BEGINNING: Final = (b"RIFF", b"BM6", b"\x1aE\xdf\xa3", b"\0\0\1\xb3", b"\xff\x0a")
BEGINNINGS: Final = 16  # bytes: a file's or a value's kind is told by then
SMALLEST: Final = 500  # numbers: of fewer no picture is worth the name
MOST_UNPACKED: Final = 4_000_000  # bytes

# ---------------------------------------------------------------- text

# Nothing we write in text is as long without a break, or has as many numbers in a row.
_NUMBER: Final = rb"[-+]?(?:0x[0-9A-Fa-f]{1,4}|\d{1,20}(?:\.\d{0,20})?(?:[eE][-+]?\d{1,3})?)"
WRITTEN_OUT: Final = tuple(
    re.compile(form)
    for form in (
        rb"[0-9A-Za-z!#$%&()*+/;<=>?@^_`{|}~-]{200,}",  # hexadecimal, base64, base85
        rb"(?:[A-Za-z0-9+/=_-]{40,}(?:\s|\\n|\\r|['\",])+){4,}",  # the same in lines, even those of a text in a text
        rb"(?:[0-9A-Fa-f]{2,8}[ :,\n-]+){100,}",  # digits in pairs
        rb"(?:" + _NUMBER + rb"(?:[\s,;|()\[\]{}]|\\n)+){100,}",  # lists, arrays as they are printed, columns
        rb"(?:\\(?:x|u00|U000000)[0-9A-Fa-f]{2}(?:[^\\\n]|\\[abfnrtv\\'\"]){0,16}){40,}",  # bytes as they are printed
        rb"(?:&#\d{1,3};|%[0-9A-Fa-f]{2}|\\[0-3][0-7]{2}){60,}",
    )
)
LONGEST_LINE: Final = 4_096  # bytes, of a log or a page of metrics


def is_text(data: bytes) -> bool:
    """Whether it is UTF-8 without control characters, but for those of lines and tables."""
    try:
        return not any(character < " " and character not in "\n\r\t" for character in data.decode())
    except UnicodeDecodeError:
        return False


def written_out(text: bytes) -> bytes | None:
    """The beginning of what may be a picture in it, however it is written."""
    found = next(filter(None, (form.search(text) for form in WRITTEN_OUT)), None)
    return found[0][:80] if found else None


def longest_line(text: bytes) -> int:
    """Its bytes."""
    return max(map(len, text.split(b"\n")))


# ---------------------------------------------------------------- bytes


def looks_like_a_picture(data: bytes) -> bool:
    """Whether an image or a film begins in it, anywhere; some kinds of films, at its own beginning only.

    The smallest PNG has 67 bytes; a key of 32 holds two bytes of some beginning now and then.
    """
    return len(data) > 64 and (
        any(magic in data[:BEGINNINGS] for magic in (*BEGINNING, *DECODED))
        or any(magic in data for magic in TELLING)
        or HEADER.search(data) is not None
        or any(_is_decoded(data[at:]) for magic in DECODED for at in _places_of(magic, data))
    )


def _places_of(magic: bytes, data: bytes) -> Iterator[int]:
    at = data.find(magic)
    while at >= 0:
        yield at
        at = data.find(magic, at + 1)


def _is_decoded(data: bytes) -> bool:
    with suppress(cv2.error):
        return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_REDUCED_GRAYSCALE_8) is not None
    return False


def unpacked(data: bytes) -> Iterator[bytes]:
    """The data, and what lies packed in it by zlib, gzip or zip, wherever it begins, or by deflate as a whole."""
    yield data
    for begins in re.finditer(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08", data):
        with suppress(zlib.error):
            yield _inflated(data[begins.start() :], 47)
    for header in re.finditer(rb"PK\x03\x04.{22}(..)(..)", data, re.DOTALL):
        name, more = (int.from_bytes(length, "little") for length in header.groups())
        with suppress(zlib.error):
            yield _inflated(data[header.end() + name + more :], -15)
    with suppress(zlib.error):
        yield _inflated(data, -15)


def _inflated(data: bytes, form: int) -> bytes:
    return zlib.decompressobj(form).decompress(data, MOST_UNPACKED)


def runs_of(frames: Sequence[bytes]) -> set[bytes]:
    """What would betray a key frame wherever it lay: 24 bytes from its middle, taken from many places."""
    return {frame[at : at + 24] for frame in frames for at in range(len(frame) // 2, len(frame) - 24, 997)}


# ---------------------------------------------------------------- numbers

TYPES: Final = ("u1", "i1", "<i2", ">i2", "<i4", "<f2", "<f4", ">f4", "<f8")  # what a picture may be stored as
COLOURED: Final = ("u1", "<f4")  # of these, also with three or four numbers to a pixel, side by side
BEYOND: Final = 1e3  # no number of a picture; what other bytes give as floating point is mostly larger, or nearly 0
CANON: Final = (32, 18)  # width, height: every picture comes down to this before it is compared
# Height for each width, in steps that a picture's likeness to itself survives: 21:9 to 5:4.
SHAPES: Final = (0.43, 0.5, 0.5625, 0.63, 0.7, 0.8)
NARROWEST, WIDEST = 18, 1_000  # numbers from one row, or column, to the next
# Numbers in which rows are looked for, the first for small pictures; and from one such window to the next.
WINDOWS: Final = ((512, 128), (4_096, 2_048))
REPEATS: Final = 0.5  # correlation of numbers so far apart from which they may be rows of a picture; of noise 0.2
MOST_WIDTHS: Final = 2  # that are tried for each window
STRETCHES: Final = (0.94, 0.96, 0.98, 1.0, 1.02, 1.04, 1.06)  # of a shape, from one of them to half way to the next
LIKELY: Final = 0.75  # correlation from which a coarse likeness is looked at exactly
# Correlation from which numbers are a picture of a scene.
ALIKE: Final = 0.85


@cache
def canonical(scene: Scene, turned: bool) -> NDArray[np.float64]:
    """A picture of the scene, its luma of mean 0 and length 1; its columns as rows where it is turned."""
    whole = shown(scene, *CANON)
    return _unit(whole.T if turned else whole)


def shown(scene: Scene, width: int, height: int) -> NDArray[np.float64]:
    """A picture of the scene at that size: its luma, 0 to 255."""
    small = cv2.resize(_luma(scene), (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float64)


@cache
def _luma(scene: Scene) -> NDArray[np.uint8]:
    grey = cv2.cvtColor(draw(scene, 0.0, 320, 192, 0.0), cv2.COLOR_BGR2GRAY)
    return np.asarray(grey, np.uint8)


def most_alike(data: bytes) -> float:
    """The largest correlation, with or against its sense, of any piece of the data and any scene."""
    fits = (
        _fit(values, lag, turned) for values in _as_numbers(data) for lag in _lags(values) for turned in (False, True)
    )
    return max(fits, default=0.0)


def _as_numbers(data: bytes) -> Iterator[Numbers]:
    """Every way to read it that gives enough of them."""
    for kind in TYPES:
        for values in _of_type(kind, data):
            readings = (_of_pixels(values, turns) for turns in ((1, 3, 4) if kind in COLOURED else (1,)))
            yield from (each for each in readings if len(each) >= SMALLEST)


def _of_pixels(values: Numbers, each: int) -> Numbers:
    """The mean of the numbers of each pixel. Where the first one begins does not matter: neighbours are alike."""
    pixels: Numbers = values[: len(values) // each * each].reshape(-1, each).mean(axis=1)
    return pixels


def _of_type(kind: str, data: bytes) -> Iterator[Numbers]:
    """From each place at which its first number may begin."""
    size = np.dtype(kind).itemsize
    for start in range(min(size, len(data))):
        with np.errstate(invalid="ignore"):
            values = np.frombuffer(data, kind, (len(data) - start) // size, start).astype(np.float64)
        values[~(np.abs(values) < BEYOND)] = 0.0
        yield values


def _lags(values: Numbers) -> set[int]:
    """After how many numbers something repeats as the rows of a picture do, anywhere."""
    lags: set[int] = set()
    for length, step in WINDOWS:
        padded = np.pad(values, (0, -len(values) % step + length - step))
        windows = np.lib.stride_tricks.sliding_window_view(padded, length)[::step]
        level = windows - windows.mean(axis=1, keepdims=True)
        power = np.abs(np.fft.rfft(level, 2 * length, axis=1)) ** 2
        repeats = np.fft.irfft(power, axis=1)[:, : min(length // 2, WIDEST)]
        repeats /= np.maximum(repeats[:, :1], 1e-9) * (1 - np.arange(repeats.shape[1]) / length)
        inner = repeats[:, 1:-1]
        peaks = np.where((inner >= repeats[:, :-2]) & (inner >= repeats[:, 2:]), inner, 0.0)
        peaks[:, : NARROWEST - 1] = 0.0
        best = np.argsort(peaks, axis=1)[:, -MOST_WIDTHS:]
        where = np.take_along_axis(peaks, best, axis=1) > REPEATS
        lags |= set((best[where] + 1).tolist())
    return lags


def _fit(values: Numbers, lag: int, turned: bool) -> float:
    """The same where rows, or columns (``turned``), have that length: looked for coarsely, then measured exactly."""
    table = _table(values, lag)
    wide, high = reversed(CANON) if turned else CANON
    most = 0.0
    for shape in SHAPES:
        lines = lag / shape if turned else lag * shape  # of a whole picture
        down = high / lines
        size = (2 * wide, round(len(table) * down))
        if size[1] < high or lag * lines < SMALLEST:
            continue
        small = cv2.resize(table, size, interpolation=cv2.INTER_AREA)
        coarse = _Ground(np.asarray(small, np.float64), wide, high)
        for scene in LIVE_SCENES:
            fit, row, column = coarse.fit(canonical(scene, turned))
            if fit > LIKELY:
                most = max(most, _exactly(table, scene, lag, turned, lines, row / down, column * lag / wide))
    return most


def _exactly(
    table: Numbers, scene: Scene, lag: int, turned: bool, lines: float, row: float, column: float
) -> float:  # fmt: skip
    """The largest correlation near a place, in several heights."""
    margin, reach = 1 + lines / 12, 1 + lag // 16
    near = table[
        max(round(row - margin), 0) : round(row + lines + 2 * margin),
        max(round(column) - reach, 0) : round(column) + lag + reach,
    ]
    most = 0.0
    for height in sorted({round(lines * stretch) for stretch in STRETCHES}):
        if height <= len(near) and lag <= near.shape[1]:
            whole = shown(scene, height, lag).T if turned else shown(scene, lag, height)
            most = max(most, _Ground(near, lag, height).fit(_unit(whole))[0])
    return most


def _table(values: Numbers, lag: int) -> Numbers:
    """Rows of that length, each beside the next one: a picture may begin in the middle of a row."""
    rows = len(values) // lag
    table = values[: rows * lag].reshape(rows, lag)
    return np.hstack((table[:-1], table[1:]))


class _Ground:
    """Numbers in which pictures of one size are looked for."""

    def __init__(self, ground: Numbers, wide: int, high: int) -> None:
        self._ground = ground
        self._places = (len(ground) - high + 1, ground.shape[1] - wide + 1)
        mean, square = (
            cv2.boxFilter(each, cv2.CV_64F, (wide, high), anchor=(0, 0), borderType=cv2.BORDER_CONSTANT)
            for each in (ground, ground**2)
        )
        spread = (square - mean**2) * wide * high
        there = spread > 1e-9 * square.max() * wide * high
        self._scale = np.where(there, 1 / np.sqrt(np.where(there, spread, 1.0)), 0.0)

    def fit(self, scene: Numbers) -> tuple[float, int, int]:
        """The largest correlation with the scene at any place; the place's row and column."""
        sums = cv2.filter2D(self._ground, cv2.CV_64F, scene, anchor=(0, 0), borderType=cv2.BORDER_CONSTANT)
        fits = (np.abs(sums) * self._scale)[: self._places[0], : self._places[1]]
        row, column = divmod(int(fits.argmax()), fits.shape[1])
        return float(fits[row, column]), row, column


def _unit(values: Numbers) -> Numbers:
    level: Numbers = values - values.mean()
    level /= np.sqrt((level**2).sum())  # np.linalg.norm wakes every core for it
    return level


# ---------------------------------------------------------------- a process

_WORD: Final = 8  # bytes, at such addresses: the rows of planes, arrays and bytes all begin at one
_PART: Final = 2 * _WORD  # of a row: one word of two floats occurs elsewhere too
_PLACES: Final = 9  # in a picture that are looked for
_DISTINCT: Final = 5  # bytes in a part that no other memory has by chance
_AT_ONCE: Final = 1 << 24  # bytes read from a process
_BITS: Final = 20
_ODD: Final = np.uint64(0x9E3779B97F4A7C15)


def pictures_held(pid: int, forms: Sequence[Sequence[NDArray[np.generic]]]) -> list[int]:
    """How many pictures out of these lie in the memory of a process, each as often as it does. Linux alone.

    A form is the same pictures as they may be held: each h x w, all of one size and type, its rows of whole words.
    Nine places of each are looked for. At some nothing tells, and what lies at others occurs elsewhere too: for each
    form the third least of what they count.
    """
    keys = [_keys_of(np.stack(pictures)) for pictures in forms]
    known = np.unique(np.concatenate(keys))
    known = known[known != 0]
    may_be = np.zeros(1 << _BITS, bool)
    may_be[_hashed(known)] = True
    counts = np.zeros(len(known), np.int64)
    for piece in _memory_of(pid):
        there = _joined(piece[:-1], piece[1:])
        likely = there[may_be[_hashed(there)]]
        found = np.minimum(np.searchsorted(known, likely), len(known) - 1)
        np.add.at(counts, found[known[found] == likely], 1)
    return [int(sorted(counts[np.isin(known, form[:, place])].sum() for place in range(_PLACES))[2]) for form in keys]


def _joined(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A number for two words side by side; 0 for two that are 0."""
    joined: NDArray[np.uint64] = first * _ODD + second
    return joined


def _hashed(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Numbers of so few bits that most other keys have none of those that are looked for."""
    hashed: NDArray[np.uint64] = (keys * _ODD) >> np.uint64(64 - _BITS)
    return hashed


def _keys_of(pictures: NDArray[np.generic]) -> NDArray[np.uint64]:
    """Of each picture the same nine places, from rows throughout, where neighbours differ most; 0: tells nothing."""
    (number, high, wide), many = pictures.shape, _PART // pictures.itemsize
    rows = pictures[:, np.linspace(0.05 * high, 0.95 * high, _PLACES).astype(int), : wide - wide % many]
    parts = np.ascontiguousarray(rows).reshape(number, _PLACES, -1, many)
    best = np.abs(np.diff(parts.astype(np.float64), axis=3)).sum(axis=3).mean(axis=0).argmax(axis=1)
    chosen = np.ascontiguousarray(parts[:, np.arange(_PLACES), best])
    distinct = 1 + np.count_nonzero(np.diff(np.sort(chosen.view(np.uint8), axis=2), axis=2), axis=2)
    words = chosen.view(np.uint64)
    return np.where(distinct >= _DISTINCT, _joined(words[..., 0], words[..., 1]), np.uint64(0))


def _memory_of(pid: int) -> Iterator[NDArray[np.uint64]]:
    """All that it can write to, as words."""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text("utf-8").splitlines():
            span, rights, *_ = line.split()
            start, end = (int(each, 16) for each in span.split("-"))
            if rights.startswith("rw"):
                for at in range(start, end, _AT_ONCE):
                    with suppress(OSError):  # it was given back meanwhile
                        memory.seek(at)
                        read = memory.read(min(_AT_ONCE, end - at))
                        yield np.frombuffer(read, np.uint64, len(read) // _WORD)
