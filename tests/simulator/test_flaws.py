"""The diagnosis, which shares no code with these films, names what is wrong in each, and nothing in the sound ones."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from monitor.model import Cause, Codec, KeyFrame
from monitor.picture import Memory
from monitor.picture.verdict import leans_to_frozen, sight_of
from monitor.probes.decode import FRESH, Seen, look_at
from monitor.simulator.clips import ClipKey, ClipSize, frames_of
from monitor.simulator.faults import Fault
from monitor.simulator.flaws import Flaw
from monitor.simulator.scenes import Scene
from tests.driven import START

MINUTE = timedelta(minutes=1)
SOUND = ClipSize(fps=1, groups=54)  # key frames alone, enough to be learnt
FLAWED = ClipSize(fps=1, groups=8)
SHARP = (Scene.LANE, Scene.JUNCTION)  # with colours and outlines that can be lost
OTHERS = (Fault.STUCK, Fault.FOG)  # known after minutes, with snapshots (tests/engine); no fault
FAULTS = [fault for fault in Fault if fault.behaviour.flaw is not None and fault not in OTHERS]


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("films")


def looked_at(key: ClipKey, size: ClipSize, folder: Path, memory: Memory = FRESH) -> list[Seen]:
    """What each key frame of the film told, a minute apart, the first one soon after what is known."""
    seen: list[Seen] = []
    begun_at = START if memory is FRESH else START + timedelta(minutes=55)
    for minute, frame in enumerate(frames_of(key, size, folder)):
        seen.append(look_at(KeyFrame(key.codec, frame), memory, begun_at + minute * MINUTE))
        memory = seen[-1].memory or memory
    return seen


@cache
def of_the_sound_film(scene: Scene, folder: Path) -> list[Seen]:
    return looked_at(ClipKey(scene, Codec.H264), SOUND, folder)


def known(scene: Scene, folder: Path) -> Memory:
    memory = of_the_sound_film(scene, folder)[-1].memory
    assert memory is not None
    return memory


@pytest.mark.parametrize("scene", [*SHARP, Scene.POND, Scene.STILL, Scene.NIGHT])
def test_a_sound_film_is_learnt_without_a_word_of_complaint(scene: Scene, films: Path) -> None:
    seen = of_the_sound_film(scene, films)
    assert {look.cause for look in seen} == {Cause.OK}
    assert known(scene, films).reference.golden is not None


@pytest.mark.parametrize("scene", SHARP)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.value)
def test_a_flaw_is_doubted_at_once_and_named_within_eight_key_frames(scene: Scene, fault: Fault, films: Path) -> None:
    key = ClipKey(scene, Codec.H264, fault.behaviour.flaw)
    seen = looked_at(key, FLAWED, films, known(scene, films))
    assert seen[0].cause is not Cause.OK, "it would be dated too late"
    assert seen[0].picture is not None
    assert not seen[0].picture.active, "one key frame proves nothing"
    assert seen[-1].picture is not None
    assert seen[-1].picture.active
    assert seen[-1].picture.active[0] in fault.causes


@pytest.mark.parametrize("codec", [Codec.H265, Codec.MJPEG])
def test_a_pond_like_a_mirror_is_never_taken_for_frozen_nor_suspected_by_any_codec(codec: Codec, films: Path) -> None:
    seen = looked_at(ClipKey(Scene.STILL, codec), SOUND, films)
    assert {look.cause for look in seen} == {Cause.OK}
    assert not any(look.picture and leans_to_frozen(look.picture) for look in seen)


@pytest.mark.parametrize("scene", SHARP)
def test_fog_is_told_and_neither_doubted_nor_taken_for_a_veil(scene: Scene, films: Path) -> None:
    seen = looked_at(ClipKey(scene, Codec.H264, Flaw.FOGGED), FLAWED, films, known(scene, films))
    assert {look.cause for look in seen} == {Cause.OK}
    assert seen[-1].picture is not None
    assert sight_of(seen[-1].picture, START).noticed == (Cause.PICTURE_LOW_CONTRAST,)
