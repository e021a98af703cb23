from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from monitor.errors import SharpEyesError
from monitor.model import Codec
from monitor.simulator.clips import ClipKey, ClipSize, Grade, Library, frames_of, load_clips
from monitor.simulator.scenes import LIVE_SCENES, Scene, draw

from .conftest import SMALL

TINY = ClipSize(width=64, height=64, fps=2, groups=2)
MJPEG = frozenset({Codec.MJPEG})


def test_every_scene_comes_in_every_codec(clips: Library) -> None:
    assert set(clips) == {ClipKey(scene, codec) for scene in Scene for codec in Codec}
    assert {clip.groups for clip in clips.values()} == {SMALL.groups}


@pytest.mark.parametrize("codec", list(Codec))
@pytest.mark.parametrize("scene", [*LIVE_SCENES, Scene.STILL, Scene.BLACK])
def test_no_two_key_frames_of_a_sensor_are_the_same(clips: Library, scene: Scene, codec: Codec) -> None:
    clip = clips[ClipKey(scene, codec)]
    assert len({clip.frames[group * clip.fps] for group in range(clip.groups)}) == clip.groups


def test_a_second_start_reads_what_the_first_one_encoded(tmp_path: Path) -> None:
    first = load_clips(TINY, tmp_path, MJPEG)
    written = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert len(written) == len(Scene)
    assert load_clips(TINY, tmp_path, MJPEG) == first
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == written


@pytest.mark.parametrize("damage", [b"", b"junk", None], ids=["empty", "junk", "one byte flipped"])
def test_a_damaged_film_is_made_again(tmp_path: Path, damage: bytes | None) -> None:
    first = load_clips(TINY, tmp_path, MJPEG)
    broken = min(tmp_path.iterdir())
    good = broken.read_bytes()
    middle = len(good) // 2
    flipped = good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :]
    broken.write_bytes(flipped if damage is None else damage)
    assert load_clips(TINY, tmp_path, MJPEG) == first
    assert broken.read_bytes() == good


def test_films_of_another_size_are_kept_apart(tmp_path: Path) -> None:
    load_clips(TINY, tmp_path, MJPEG)
    load_clips(ClipSize(width=72, height=64, fps=2, groups=2), tmp_path, MJPEG)
    assert len(list(tmp_path.iterdir())) == 2 * len(Scene)


def test_a_cache_that_cannot_be_written_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SharpEyesError, match="cannot keep the simulator's films"):
        load_clips(TINY, tmp_path / "file" / "clips", MJPEG)


@pytest.mark.parametrize("width", [100, 2048, 0])
def test_a_size_rfc_2435_cannot_tell_is_refused(width: int) -> None:
    with pytest.raises(SharpEyesError):
        ClipSize(width=width)


def test_something_moves_in_every_live_scene() -> None:
    for scene in LIVE_SCENES:
        early, late = draw(scene, 1.0, 320, 192), draw(scene, 2.0, 320, 192)
        changed = np.abs(early.astype(int) - late.astype(int)).max(axis=2) > 40
        assert changed[40:].sum() > 50, scene  # below the clock, and far beyond noise


def test_a_still_pond_stands_still_but_for_the_sensors_noise() -> None:
    early, late = draw(Scene.STILL, 1.0, 320, 192, 0.0), draw(Scene.STILL, 9.0, 320, 192, 0.0)
    assert np.array_equal(early, late), "no clock, no ripple"
    noisy = np.abs(draw(Scene.STILL, 1.0, 320, 192).astype(int) - draw(Scene.STILL, 9.0, 320, 192))
    assert 1 < noisy.mean() < 5


def test_black_is_dark_with_a_little_noise_and_blue_is_one_colour() -> None:
    black, blue = draw(Scene.BLACK, 0.0, 320, 192), draw(Scene.BLUE, 0.0, 320, 192)
    assert black.max() < 20
    assert 0.5 < black.std() < 3
    assert len(np.unique(blue.reshape(-1, 3), axis=0)) == 1


def test_only_the_scenes_asked_for_are_encoded(tmp_path: Path) -> None:
    films = load_clips(TINY, tmp_path, MJPEG, frozenset({Scene.POND}))
    assert set(films) == {ClipKey(Scene.POND, Codec.MJPEG)}


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
def test_films_as_cameras_send_them_have_more_bits_and_key_frames_where_groups_begin(
    tmp_path: Path, codec: Codec
) -> None:
    light, camera = (
        frames_of(ClipKey(Scene.LANE, codec), ClipSize(320, 192, groups=2, gop=2, grade=grade), tmp_path)
        for grade in (Grade.LIGHT, Grade.CAMERA)
    )
    assert len(camera) == len(light) == 40
    assert sum(map(len, camera)) > 1.5 * sum(map(len, light))
    assert sorted(range(40), key=lambda nth: -len(camera[nth]))[:2] in ([0, 20], [20, 0])
