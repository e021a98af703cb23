"""Decoding: real key frames of each codec, damaged ones, and pictures too large to be true."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from functools import cache

import av
import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import Cause, Codec, KeyFrame
from monitor.probes import decode, sizes
from monitor.probes.decode import FRESH, Seen, blocks_of, look_at
from tests.driven import START
from tests.rtsp.footage import coded, jpeg

ENCODERS = {Codec.H264: "libx264", Codec.H265: "libx265", Codec.MJPEG: "mjpeg"}


@cache
def encoded(codec: Codec, *, seed: int = 1, size: tuple[int, int] = (320, 192)) -> KeyFrame:
    """One key frame of random clouds, by the same libraries a camera's encoder descends from."""
    width, height = size
    blocks = np.random.default_rng(seed).integers(30, 220, (height // 32, width // 32), dtype=np.uint8)
    planes = np.full((height * 3 // 2, width), 128, np.uint8)
    planes[:height] = cv2.resize(blocks, size, interpolation=cv2.INTER_LINEAR)
    encoder = av.CodecContext.create(ENCODERS[codec], "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height = size
    encoder.pix_fmt = "yuvj420p" if codec is Codec.MJPEG else "yuv420p"
    encoder.time_base = Fraction(1, 10)
    if codec is Codec.H265:
        encoder.options = {"x265-params": "log-level=none"}
    picture = av.VideoFrame.from_ndarray(planes, format="yuv420p").reformat(format=encoder.pix_fmt)
    return KeyFrame(codec, b"".join(bytes(packet) for packet in [*encoder.encode(picture), *encoder.encode(None)]))


@pytest.mark.parametrize("codec", Codec)
def test_a_good_key_frame_is_decoded_and_good(codec: Codec) -> None:
    seen = look_at(encoded(codec))
    assert seen.cause is Cause.OK
    assert seen.picture is not None
    assert (seen.picture.width, seen.picture.height) == (320, 192)


@pytest.mark.parametrize("codec", Codec)
def test_the_same_bytes_again_are_frozen(codec: Codec) -> None:
    seen = Seen(Cause.OK, memory=FRESH)
    for minute, seed in enumerate((*range(12), *[11] * 13)):
        assert seen.memory is not None
        seen = look_at(encoded(codec, seed=seed), seen.memory, START + minute * timedelta(minutes=1))
        doubted = Cause.OK if minute < 12 else Cause.PICTURE_FROZEN
        assert seen.cause is doubted, "the fault is dated from the first one on"
    assert seen.picture is not None
    assert seen.picture.active == (Cause.PICTURE_FROZEN,)


@pytest.mark.parametrize("codec", Codec)
def test_bytes_that_are_no_picture_fail_to_decode(codec: Codec) -> None:
    seen = look_at(KeyFrame(codec, b"\x00\x00\x00\x01" + bytes(range(256))))
    assert (seen.cause, seen.picture) == (Cause.DECODE_FAILED, None)
    assert seen.detail.startswith(codec.value)


@pytest.mark.parametrize("codec", [Codec.H264, Codec.MJPEG])
def test_a_key_frame_that_the_decoder_calls_damaged_is_corrupt_and_teaches_nothing(codec: Codec) -> None:
    data = jpeg() if codec is Codec.MJPEG else coded(codec)[0]
    seen = look_at(KeyFrame(codec, data[: len(data) * 2 // 3]))
    assert seen.cause is Cause.PICTURE_CORRUPT
    assert seen.memory is not None
    assert seen.memory.reference.seen == 0


def test_a_damaged_snapshot_is_compared_with_nothing() -> None:
    data = encoded(Codec.MJPEG).data
    assert blocks_of(data) is not None
    assert blocks_of(data[: len(data) * 2 // 3]) is None


@pytest.mark.parametrize("codec", Codec)
def test_a_picture_beyond_the_pixel_limit_is_refused(codec: Codec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "MAX_PIXELS", 320 * 192 - 1)
    monkeypatch.setattr(sizes, "MAX_PIXELS", 320 * 192 - 1)
    assert look_at(encoded(codec)).cause is Cause.DECODE_FAILED


@settings(max_examples=60, deadline=None)
@given(codec=st.sampled_from(Codec), data=st.binary(max_size=600), cut=st.integers(0, 400))
def test_no_bytes_can_make_it_raise(codec: Codec, data: bytes, cut: int) -> None:
    for payload in (data, KEY_FRAMES[codec].data[:cut] + data):
        assert look_at(KeyFrame(codec, payload)).cause in set(Cause)


KEY_FRAMES = {codec: encoded(codec) for codec in Codec}
