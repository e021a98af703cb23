"""JPEG files taken apart as RFC 2435 says are put together again."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.model import Cause, Codec, KeyFrame
from monitor.rtsp.budget import Budget
from monitor.rtsp.depacketiser import KeyFrameTooLarge
from monitor.rtsp.jpeg import JpegDepacketiser
from monitor.rtsp.jpeg_tables import quantisation_tables
from monitor.rtsp.rtp import FIXED
from monitor.rtsp.sdp import Track
from monitor.rtsp.video import Video
from tests.rtsp.footage import decoded, jpeg, jpeg_packets, jpeg_segments

TRACK = Track(Codec.MJPEG, 26)


def first_frame(sent: list[bytes], track: Track = TRACK, limit: int = 10**6) -> KeyFrame | None:
    video = Video(track, limit, Budget(10**9))
    return next(filter(None, map(video.push, sent)), None)


def given(depacketiser: JpegDepacketiser, packet: bytes, timestamp: int, extension: bytes = b"") -> bytes | None:
    """Push a packet without its marker."""
    return depacketiser.push(packet, FIXED.size, len(packet), timestamp, False, False, extension)


@pytest.mark.parametrize("sampling", [0x221111, 0x211111])
@pytest.mark.parametrize(("quality", "restart"), [(1, 0), (35, 0), (50, 4), (60, 0), (99, 1), (255, 0), (128, 3)])
def test_a_jpeg_survives_the_journey(quality: int, restart: int, sampling: int) -> None:
    file = jpeg(quality=quality if quality < 100 else 77, restart=restart, sampling=sampling)
    got = first_frame(jpeg_packets(file, quality=quality, restart=restart))
    assert got is not None
    assert jpeg_segments(got.data)[1] == jpeg_segments(file)[1]
    assert np.array_equal(decoded(Codec.MJPEG, got.data), decoded(Codec.MJPEG, file))


@pytest.mark.parametrize("quality", [1, 10, 49, 50, 75, 99])
def test_the_tables_of_a_quality_are_those_of_the_standard(quality: int) -> None:
    tables = [segment[1:] for segment in jpeg_segments(jpeg(quality=quality))[0][0xDB]]
    assert tables == list(quantisation_tables(quality))


def test_a_hole_drops_the_frame() -> None:
    sent = jpeg_packets(jpeg(), quality=60)
    video = Video(TRACK, 10**6, Budget(10**9))
    assert not any(map(video.push, sent[:3] + sent[4:]))
    assert video.shortfall(silent=False)[0] is Cause.STREAM_DAMAGED


def test_joining_in_the_middle_of_a_frame_waits_for_the_next() -> None:
    assert first_frame(jpeg_packets(jpeg(), quality=60)[1:]) is None


def test_without_marker_the_next_timestamp_ends_the_frame() -> None:
    depacketiser = JpegDepacketiser((0, 0), 10**6)
    sent = jpeg_packets(jpeg(), quality=60)
    assert not any(given(depacketiser, packet, 90) for packet in sent)
    assert given(depacketiser, sent[0], 91) is not None


def test_tables_sent_once_serve_later_frames() -> None:
    file = jpeg()
    video = Video(TRACK, 10**6, Budget(10**9))
    first = jpeg_packets(file, quality=200)
    assert not any(map(video.push, first[:-1]))
    second = jpeg_packets(file, quality=200, tables=False)
    renumbered = [packet[:2] + number.to_bytes(2, "big") + b"\0\0\0\x99" + packet[8:]
                  for number, packet in enumerate(second, len(first))]  # fmt: skip
    got = next(filter(None, map(video.push, renumbered)), None)
    assert got is not None
    assert np.array_equal(decoded(Codec.MJPEG, got.data), decoded(Codec.MJPEG, file))


def test_without_tables_there_is_no_frame() -> None:
    assert first_frame(jpeg_packets(jpeg(), quality=200, tables=False)) is None


def test_a_size_beyond_the_header_comes_from_the_description() -> None:
    file = jpeg(2560, 1440, quality=20)
    got = first_frame(jpeg_packets(file, quality=20), Track(Codec.MJPEG, 26, width=2560, height=1440))
    assert got is not None
    assert decoded(Codec.MJPEG, got.data).shape == (1440, 2560)


def test_a_size_beyond_the_header_comes_from_the_extension() -> None:
    file = jpeg(2560, 1440, quality=20)
    segment = b"\xff\xc0\x00\x11" + jpeg_segments(file)[0][0xC0][0] + b"\xff"
    depacketiser = JpegDepacketiser((0, 0), 10**7)
    for packet in jpeg_packets(file, quality=20):
        assert given(depacketiser, packet, 90, segment) is None
    got = given(depacketiser, jpeg_packets(file, quality=20)[0], 91)
    assert got is not None
    assert decoded(Codec.MJPEG, got).shape == (1440, 2560)


@pytest.mark.parametrize(("width", "height"), [(2560, 1920), (2560, 1440), (3840, 2160), (2048, 1536)])
def test_a_usual_size_beyond_the_header_is_guessed_where_nothing_tells_it(width: int, height: int) -> None:
    file = jpeg(width, height, quality=5)
    got = first_frame(jpeg_packets(file, quality=5, size=1400))
    assert got is not None
    assert decoded(Codec.MJPEG, got.data).shape == (height, width)


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1024, 768), (640, 480), (352, 288), (704, 576)])
def test_no_size_within_the_header_is_taken_for_a_larger_one(width: int, height: int) -> None:
    got = first_frame(jpeg_packets(jpeg(width, height, quality=5), quality=5, size=1400))
    assert got is not None
    assert decoded(Codec.MJPEG, got.data).shape == (height, width)


@pytest.mark.parametrize(
    ("at", "value", "cause"), [(16, 2, Cause.CODEC_UNSUPPORTED), (18, 0, Cause.PARAMETER_SETS_MISSING)]
)
def test_what_of_a_jpeg_is_not_read_is_named(at: int, value: int, cause: Cause) -> None:
    video = Video(TRACK, 10**6, Budget(10**9))
    assert not any(
        video.push(packet[:at] + bytes((value,)) + packet[at + 1 :]) for packet in jpeg_packets(jpeg(), quality=60)
    )
    assert video.shortfall(silent=False)[0] is cause


def test_a_frame_beyond_the_limit_is_refused() -> None:
    with pytest.raises(KeyFrameTooLarge):
        first_frame(jpeg_packets(jpeg(), quality=60), limit=1000)


def test_any_payload_is_survived() -> None:
    generator = np.random.default_rng(3)
    depacketiser = JpegDepacketiser((0, 0), 10**6)
    for number in range(5000):
        payload = bytes(4) + generator.bytes(int(generator.integers(0, 20)))
        depacketiser.push(payload, 0, len(payload), number // 4, number % 3 == 0, number % 11 == 0)
    assert depacketiser.account.types
