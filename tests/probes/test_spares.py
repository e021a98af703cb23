"""Decoders that are kept give what new ones give, and keep nothing of anybody's picture."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import Cause, Codec, KeyFrame
from monitor.probes.decode import Seen, look_at
from monitor.probes.spares import MOST, MOST_PIXELS, Kind, Spares, kind_of
from tests.probes.test_decode import encoded
from tests.rtsp.footage import units

NAL_CODECS = (Codec.H264, Codec.H265)
SIZES = ((320, 192), (640, 352), (320, 160))
KEY_FRAMES = [(codec, seed, size) for codec in Codec for size in SIZES for seed in (1, 2)]


@cache
def looked_at(which: int) -> tuple[KeyFrame, Seen]:
    """One of these key frames, and what a new decoder sees in it; not made where these tests are only collected."""
    codec, seed, size = KEY_FRAMES[which]
    key_frame = encoded(codec, seed=seed, size=size)
    return key_frame, look_at(key_frame)


def a_decoder() -> av.VideoCodecContext:
    decoder = av.CodecContext.create("h264", "r")
    assert isinstance(decoder, av.VideoCodecContext)
    return decoder


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(range(len(KEY_FRAMES))), st.integers(0, 60)), max_size=12))
def test_whatever_came_before_a_picture_is_seen_as_a_new_decoder_sees_it(turns: list[tuple[int, int]]) -> None:
    spares = Spares()
    for which, lost in turns:
        key_frame, bare = looked_at(which)
        if lost:  # a broken picture in between
            data = key_frame.data
            look_at(KeyFrame(key_frame.codec, data[: -lost * len(data) // 64]), spares=spares)
        assert look_at(key_frame, spares=spares) == bare


@pytest.mark.parametrize("codec", NAL_CODECS)
def test_parameter_sets_of_one_camera_never_serve_another(codec: Codec) -> None:
    spares, whole = Spares(), encoded(codec)
    assert look_at(whole, spares=spares).cause is Cause.OK
    bare = KeyFrame(codec, b"\0\0\0\1" + units(whole.data)[-1])
    assert look_at(bare, spares=spares).cause is Cause.DECODE_FAILED


@pytest.mark.parametrize("codec", NAL_CODECS)
def test_a_decoder_is_used_again_for_its_kind_only(codec: Codec) -> None:
    spares, one, other = Spares(), encoded(codec), encoded(codec, size=(640, 352))
    look_at(one, spares=spares)
    kind, other_kind = kind_of(one), kind_of(other)
    assert kind is not None
    assert other_kind is not None
    assert kind != other_kind
    assert spares.take(other_kind) is None
    assert spares.take(kind) is not None
    assert spares.take(kind) is None  # it is somebody's now


def test_a_decoder_that_met_an_error_is_not_kept() -> None:
    spares, whole = Spares(), encoded(Codec.H264)
    broken, kind = KeyFrame(Codec.H264, whole.data[: len(whole.data) // 2]), kind_of(whole)
    assert kind is not None
    assert kind == kind_of(broken)
    look_at(whole, spares=spares)
    assert look_at(broken, spares=spares).cause is Cause.PICTURE_CORRUPT
    assert spares.take(kind) is None


def test_a_jpeg_has_no_kind() -> None:
    assert kind_of(encoded(Codec.MJPEG)) is None


def test_the_longest_unused_makes_room() -> None:
    spares, kinds = Spares(), [Kind(Codec.H264, bytes((number,))) for number in range(MOST + 1)]
    for kind in kinds:
        spares.give(kind, a_decoder(), 100)
    assert spares.take(kinds[0]) is None
    assert all(spares.take(kind) is not None for kind in kinds[1:])


def test_the_decoder_of_a_large_picture_is_not_kept() -> None:
    spares, kind = Spares(), Kind(Codec.H264, b"4K")
    spares.give(kind, a_decoder(), MOST_PIXELS + 1)
    assert spares.take(kind) is None


@pytest.mark.parametrize("codec", NAL_CODECS)
def test_nothing_of_the_picture_stays_in_memory_that_is_kept(codec: Codec, monkeypatch: pytest.MonkeyPatch) -> None:
    planes: list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]] = []
    frombuffer = np.frombuffer

    def watched(buffer: memoryview | bytes, *args: object) -> object:
        made = frombuffer(buffer, *args)  # type: ignore[call-overload]
        if isinstance(buffer, memoryview):  # a decoder's memory; bytes are numbers of what is remembered
            planes.append(made)
        return made

    monkeypatch.setattr(np, "frombuffer", watched)
    assert look_at(encoded(codec), spares=Spares()).cause is Cause.OK
    assert len(planes) == 6  # three to look at, three to wipe
    assert not any(plane.any() for plane in planes)


def test_threads_may_share_them() -> None:
    spares = Spares()
    known = [looked_at(which) for which in range(len(KEY_FRAMES))]
    key_frames = [key_frame for key_frame, _ in known]
    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(lambda key_frame: look_at(key_frame, spares=spares), key_frames * 8))
    assert seen == [bare for _, bare in known] * 8
