"""A memory is small, comes back from bytes as it was, refuses damaged ones, and forgets who passed by."""

from __future__ import annotations

import json
import re
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zlib import crc32

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import PictureMemoryBroken
from monitor.picture import Memory, examine
from monitor.picture.evidence import NO_EVIDENCE
from monitor.picture.frame import COARSE, reduced
from monitor.picture.memory import (
    Measure,
    Reference,
    Stillness,
    Tally,
    golden_structure,
    structure_of,
    structure_of_golden,
)
from tests.picture import leak
from tests.picture.film import HEIGHT, START, WIDTH, Pixels, frame_of, infrared, shot, watched

DOCUMENT = Path(__file__).parents[2] / "docs" / "picture.md"
DOCUMENTED = Path(__file__).parents[2] / "docs" / "pictures" / "picture-memory.png"


@pytest.fixture(scope="module")
def known() -> Memory:
    """By day and by night."""
    _, memory = watched(Memory.fresh(), range(52))
    _, memory = watched(memory, range(52, 104), infrared)
    return memory


def townscape() -> Pixels:
    """Houses with windows and signs before rough ground, as many edges and as fine ones as a photograph of a street."""
    rng = np.random.default_rng(5)
    picture = np.full((HEIGHT, WIDTH, 3), 190, np.uint8)
    for octave in (5, 10, 20, 40, 80, 160):
        drawn = rng.standard_normal((octave * 9 // 16 + 1, octave), np.float32)
        rough = cv2.resize(drawn, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
        picture = np.clip(picture - rough[:, :, None] * 60 / octave**0.5 - 5, 0, 255).astype(np.uint8)
    for _ in range(60):
        left, top = int(rng.integers(0, WIDTH)), int(rng.integers(0, HEIGHT))
        width, height = (int(each) for each in rng.integers(8, 120, 2))
        colour = [int(each) for each in rng.integers(20, 240, 3)]
        cv2.rectangle(picture, (left, top), (left + width, top + height), colour, -1 if rng.random() < 0.6 else 3)
    for text in ("HOTEL", "NO PARKING", "1947"):
        place = int(rng.integers(0, 400)), int(rng.integers(60, 340))
        cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, 1.6, (250, 250, 250), 4)
    return picture


def test_a_memory_of_both_modes_comes_back_from_at_most_16_kb_each(known: Memory) -> None:
    assert known.colour.golden is not None
    assert known.infrared.golden is not None
    stored = known.to_bytes()
    assert len(stored) <= 2 * 16_000
    assert Memory.from_bytes(stored) == known
    assert Memory.from_bytes(Memory.fresh().to_bytes()) == Memory.fresh()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_changed_or_missing_byte_is_one_clear_error(known: Memory, data: st.DataObject) -> None:
    stored = bytearray(known.to_bytes())
    place = data.draw(st.integers(0, len(stored) - 1))
    if data.draw(st.booleans()):
        del stored[place:]
    else:
        stored[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(PictureMemoryBroken, match="learnt anew"):
        Memory.from_bytes(bytes(stored))


def as_the_version_before_wrote_it(memory: Memory) -> bytes:
    """A line of numbers (JSON) with the lengths of the arrays, the arrays, blake2b of 16 bytes."""
    arrays: list[bytes] = []

    def plain(value: Any) -> Any:
        if isinstance(value, Stillness):
            return with_a_clock(value)
        if is_dataclass(value):
            return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
        if isinstance(value, tuple):
            return [plain(each) for each in value]
        if not isinstance(value, bytes):
            return value
        arrays.append(value)
        return len(value)

    def with_a_clock(still: Stillness) -> dict[str, Any]:
        """With what was known of a clock then, at its place among the arrays."""
        whole = {each.name: getattr(still, each.name) for each in fields(still)}
        before = {name: plain(whole.pop(name)) for name in ("marks", "earlier")}
        return {**before, "ticks": plain(bytes(range(200))), "standing": 2} | {
            name: plain(value) for name, value in whole.items()
        }

    numbers = json.dumps(plain(memory), separators=(",", ":")).encode()
    body = b"sharp-eyes picture memory 3\n" + numbers + b"\n" + b"".join(arrays)
    return body + blake2b(body, digest_size=16).digest()


def test_what_the_version_before_wrote_is_read_and_its_damage_seen(known: Memory) -> None:
    held = replace(known, tallies=(*known.tallies[:-1], Tally(3, 1, 7, "picture_covered")), veiled=True)
    for memory in (held, Memory.fresh()):
        before = as_the_version_before_wrote_it(memory)
        assert Memory.from_bytes(before) == memory
        assert Memory.from_bytes(Memory.from_bytes(before).to_bytes()) == memory
        for place in (40, len(before) // 2, len(before) - 1):
            with pytest.raises(PictureMemoryBroken, match="damaged"):
                Memory.from_bytes(before[:place] + bytes([before[place] ^ 1]) + before[place + 1 :])


@pytest.mark.parametrize("stored", [b"", b"sharp-eyes picture memory 4\n", b"sharp-eyes picture memory 6\n"])
def test_what_is_no_memory_is_one_clear_error(stored: bytes) -> None:
    with pytest.raises(PictureMemoryBroken, match="learnt anew"):
        Memory.from_bytes(stored)


@pytest.mark.parametrize("more", [b"", b"more"])
def test_whole_bytes_that_do_not_hold_together_are_one_as_well(known: Memory, more: bytes) -> None:
    body = known.to_bytes()[:-4] + more if more else known.to_bytes()[:-5]
    with pytest.raises(PictureMemoryBroken, match="does not hold together"):
        Memory.from_bytes(body + crc32(body).to_bytes(4, "little"))


def test_a_golden_structure_keeps_its_outlines_in_half_the_bytes(known: Memory) -> None:
    packed = golden_structure(known.colour.structure)
    assert len(packed) * 2 == len(known.colour.structure)
    away = np.abs(structure_of_golden(packed) - structure_of(known.colour.structure))
    assert away.max() <= 1 / 14 + 1e-6


def test_who_stood_before_the_camera_once_is_gone(known: Memory) -> None:
    def somebody(picture: Pixels, number: int) -> Pixels:
        if number != 20:
            return picture
        met = picture.copy()
        cv2.rectangle(met, (280, 120), (360, 340), (40, 40, 60), -1)
        return met

    _, after = watched(Memory.fresh(), range(52), somebody)
    apart = structure_of(after.colour.structure) - structure_of(known.colour.structure)
    assert np.abs(apart).max() < 0.08, "one in forty-eight, and the rounding"


def test_a_reference_follows_by_time_and_not_by_frames(known: Memory) -> None:
    at = START + timedelta(hours=3)
    frame = frame_of(infrared(shot(400)))
    memory = replace(known, in_mode=10)
    _, once = examine(frame, NO_EVIDENCE, memory, at)
    _, again = examine(frame, NO_EVIDENCE, once, at + timedelta(seconds=10))
    assert once.infrared != known.infrared
    assert again.infrared == once.infrared


def test_what_comes_back_of_a_scene_as_detailed_as_a_photograph_is_as_much_as_the_documentation_says() -> None:
    """The place comes back; what is finer than 80 x 45, brightness as such, and who passed by do not."""
    scene, memory = townscape(), Memory.fresh()
    for number in range(22):
        grain = np.random.default_rng(number).normal(0, 2.5, scene.shape[:2])[:, :, None]
        frame = frame_of(np.clip(scene + grain, 0, 255).astype(np.uint8))
        _, memory = examine(frame, NO_EVIDENCE, memory, START + number * timedelta(minutes=10))
    given_back, truth = leak.reconstruction(memory.colour), reduced(frame_of(scene)).coarse
    assert given_back.shape == (COARSE[1], COARSE[0])
    said = re.search(r"alike to ([\d.]+) to ([\d.]+)", DOCUMENT.read_text("utf-8"))
    assert said is not None
    assert float(said[1]) <= leak.alike(given_back, truth) <= float(said[2])


def test_the_picture_of_it_in_the_documentation_is_the_present_one(tmp_path: Path) -> None:
    leak.main(tmp_path / "now.png")
    shown, now = (cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) for path in (DOCUMENTED, tmp_path / "now.png"))
    assert shown is not None
    assert now is not None
    assert shown.shape == now.shape
    assert np.abs(shown.astype(float) - now).mean() < 2, "python -m tests.picture.leak docs/pictures/picture-memory.png"


def test_pictures_that_differ_in_brightness_alone_leave_the_same_reference() -> None:
    """So no luminance is in it: what the reconstruction guesses it guesses from outlines."""

    def lit(levels: int) -> Reference:
        def spoil(picture: Pixels, _: int) -> Pixels:
            return (picture * 0.7 + levels).astype(np.uint8)

        return watched(Memory.fresh(), range(20), spoil)[1].colour

    dull, bright = lit(5), lit(60)
    for plane in ("structure", "texture", "profile"):
        one, other = (np.frombuffer(getattr(each, plane), np.int8).astype(int) for each in (dull, bright))
        assert np.abs(one - other).mean() <= 2, plane  # steps: rounding and dither
    moved = [abs(a - b) for a, b in zip(dull.means, bright.means, strict=True)]
    assert moved[Measure.BRIGHTEST] > 40, "the brightest level is one number of the whole picture"
