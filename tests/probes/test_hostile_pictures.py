"""Pictures that mean harm: too large to be true, or far larger than their bytes. Measured in memory, not believed."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from pathlib import Path
from time import thread_time

import av
import cv2
import numpy as np
import pytest

from monitor.model import Cause, Codec, KeyFrame
from monitor.probes.decode import Seen, look_at
from monitor.probes.sizes import MAX_PIXELS
from tests.rtsp.footage import coded, jpeg, units

START = b"\0\0\0\1"
LITTLE = 20_000_000  # bytes: the decoder itself, but no picture of 400 MB
ALLOWED = MAX_PIXELS * 4  # bytes a look at the largest picture may take: the picture, and its luma once more


class Bits:
    """Writes a parameter set bit by bit."""

    def __init__(self) -> None:
        self._text = ""

    def fixed(self, width: int, *values: int) -> Bits:
        """Numbers of ``width`` bits each."""
        self._text += "".join(format(value, f"0{width}b") for value in values)
        return self

    def golomb(self, *values: int) -> Bits:
        """Numbers in Exp-Golomb code (H.264 9.1)."""
        for value in values:
            digits = format(value + 1, "b")
            self._text += "0" * (len(digits) - 1) + digits
        return self

    def unit(self, header: bytes, data: bytes = b"") -> bytes:
        """The NAL unit, with its stop bit and its emulation prevention bytes."""
        text = self._text + "1"
        text += "0" * (-len(text) % 8)
        raw = bytes(int(text[at : at + 8], 2) for at in range(0, len(text), 8)) + data
        return header + re.sub(rb"\0\0(?=[\0-\3])", b"\0\0\3", raw)


def h264_of(width: int, height: int) -> bytes:
    """A key frame whose parameter sets announce this size (H.264 7.3.2.1, 7.3.2.2, 7.3.3), and noise for a slice."""
    described = Bits().fixed(8, 66, 0, 62).golomb(0, 0, 2, 1).fixed(1, 0).golomb(width // 16 - 1, height // 16 - 1)
    parameters = Bits().golomb(0, 0).fixed(1, 0, 0).golomb(0, 0, 0).fixed(1, 0, 0, 0).golomb(0, 0, 0).fixed(1, 0, 0, 0)
    picture = Bits().golomb(0, 7, 0).fixed(4, 0).golomb(0).fixed(1, 0, 0).golomb(0)
    parts = [described.fixed(1, 1, 1, 0, 0).unit(b"\x67"), parameters.unit(b"\x68"), picture.unit(b"\x65", bytes(99))]
    return START + START.join(parts)


def h265_of(width: int, height: int) -> bytes:
    """A real key frame whose sequence parameter set (H.265 7.3.2.2) announces this size instead of its own."""
    described = Bits().fixed(8, 1, 1).fixed(32, 0x60000000).fixed(16, 0x9000).fixed(32, 0).fixed(8, 186)
    described.golomb(0, 1, width, height).fixed(1, 0).golomb(0, 0, 4).fixed(1, 1).golomb(0, 0, 0, 0, 3, 0, 3, 0, 0)
    described.fixed(1, 0, 0, 0, 0).golomb(0).fixed(1, 0, 0, 0, 0, 0)
    lie = described.unit(b"\x42\x01")
    return START + START.join(lie if unit[0] >> 1 == 33 else unit for unit in units(coded(Codec.H265)[0]))


def jpeg_of(width: int, height: int) -> bytes:
    """A real file whose frame header announces this size instead of its own."""
    file = bytearray(jpeg())
    at = file.index(b"\xff\xc0") + 5
    file[at : at + 4] = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return bytes(file)


MAKERS = {Codec.H264: h264_of, Codec.H265: h265_of, Codec.MJPEG: jpeg_of}
NAMES = {Codec.H264: "h264", Codec.H265: "hevc", Codec.MJPEG: "mjpeg"}


def memory(name: str) -> int:
    """A figure of this process in bytes: VmRSS now, VmHWM at its height."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


def looked_at(codec: Codec, data: bytes) -> tuple[Seen, int]:
    """What was seen, and how much memory that took at its height."""
    look_at(KeyFrame(codec, MAKERS[codec](320, 176)))  # what the decoder needs once and keeps
    Path("/proc/self/clear_refs").write_text("5")  # the height begins anew
    before = memory("VmRSS")
    seen = look_at(KeyFrame(codec, data))
    return seen, memory("VmHWM") - before


@pytest.mark.parametrize("codec", Codec)
@pytest.mark.parametrize("size", [(16384, 16384), (65520, 65520), (65520, 528)])
def test_a_picture_too_large_to_be_true_is_refused_before_it_is_allocated(codec: Codec, size: tuple[int, int]) -> None:
    seen, most = looked_at(codec, MAKERS[codec](*size))
    assert (seen.cause, seen.picture) == (Cause.DECODE_FAILED, None)
    assert most < LITTLE


@pytest.mark.parametrize(
    ("codec", "size"), [(Codec.H264, (4096, 2048)), (Codec.H265, (4096, 2048)), (Codec.MJPEG, (640, 352))]
)
def test_these_lies_are_believed_where_the_size_is_allowed(codec: Codec, size: tuple[int, int]) -> None:
    decoder = av.CodecContext.create(NAMES[codec], "r")
    assert isinstance(decoder, av.VideoCodecContext)
    decoder.thread_count = 1
    decoder.decode(av.Packet(MAKERS[codec](*size)))
    assert (decoder.width, decoder.height) == size


@pytest.mark.parametrize("codec", Codec)
def test_the_largest_picture_takes_no_more_than_its_share(codec: Codec) -> None:
    _, most = looked_at(codec, MAKERS[codec](7680, 4320))
    assert most < ALLOWED


def test_a_picture_far_larger_than_its_bytes_takes_no_more_than_its_share() -> None:
    done, file = cv2.imencode(".jpg", np.zeros((4320, 7680, 3), np.uint8))
    assert done
    assert file.size < 1_000_000
    seen, most = looked_at(Codec.MJPEG, file.tobytes())
    assert seen.cause is Cause.PICTURE_BLACK
    assert most < ALLOWED


@pytest.mark.parametrize("codec", Codec)
@pytest.mark.parametrize("size", [(16, 16), (16, 4320), (7680, 16)])
def test_narrow_pictures_are_pictures(codec: Codec, size: tuple[int, int]) -> None:
    seen, _ = looked_at(codec, MAKERS[codec](*size))
    assert seen.cause in set(Cause) - {Cause.MONITOR_ERROR}


@cache
def flat(codec: Codec, width: int, height: int, options: str = "") -> bytes:
    """A grey key frame, as few bytes as it takes."""
    encoder = av.CodecContext.create({Codec.H264: "libx264", Codec.H265: "libx265"}[codec], "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = width, height, "yuv420p", Fraction(1, 25)
    private = {  # no pool of threads for H.265: they give way to everything else on the machine, and time is limited
        Codec.H264: {"x264-params": f"cabac=1:qp=51:threads=1{options}"},
        Codec.H265: {"x265-params": f"log-level=none:qp=51:pools=none:frame-threads=1{options}"},
    }
    encoder.options = {"preset": "ultrafast", **private[codec]}
    shown = av.VideoFrame.from_ndarray(np.full((height * 3 // 2, width), 128, np.uint8), format="yuv420p")
    return b"".join(bytes(packet) for packet in [*encoder.encode(shown), *encoder.encode(None)])


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
@pytest.mark.parametrize("disguise", [START, b"\0\0\1"])
@pytest.mark.parametrize("times", [12, 100, 600])
def test_a_slice_repeated_without_end_takes_no_more_time_than_a_large_picture(
    codec: Codec, disguise: bytes, times: int
) -> None:
    *sets, whole = units(flat(codec, 7680, 4320))
    data = START + START.join(sets) + START + disguise.join([whole] * times)
    began = thread_time()
    seen = look_at(KeyFrame(codec, data))
    assert thread_time() - began < 1
    assert seen.cause is Cause.DECODE_FAILED or times < 100


@pytest.mark.parametrize(("size", "slices"), [((3840, 2160), 60), ((1920, 1088), 68)])
def test_a_picture_of_many_slices_is_decoded_all_the_same(size: tuple[int, int], slices: int) -> None:
    data = flat(Codec.H264, *size, f":slices={slices}")
    assert sum(unit[0] & 0x1F == 5 for unit in units(data)) == slices
    seen, _ = looked_at(Codec.H264, data)
    assert seen.picture is not None


@pytest.mark.parametrize("size", [(20_000, 100), (100, 20_000), (16_384, 16_384), (65_000, 8)])
def test_a_jpeg_of_any_size_is_told_as_too_large_in_both_languages(size: tuple[int, int]) -> None:
    seen = look_at(KeyFrame(Codec.MJPEG, jpeg_of(*size)))
    assert (seen.cause, seen.picture) == (Cause.DECODE_FAILED, None)
    assert f"{size[0]}×{size[1]}" in seen.detail
    assert "too " in seen.detail
    assert "过大" in seen.detail


@pytest.mark.parametrize("size", [(1, 1), (3, 3), (1, 16_384), (16_384, 1), (16_383, 90), (2, 9_000)])
def test_no_size_that_is_looked_at_makes_it_raise(size: tuple[int, int]) -> None:
    done, file = cv2.imencode(".jpg", np.full((size[1], size[0], 3), 90, np.uint8))
    assert done
    assert look_at(KeyFrame(Codec.MJPEG, file.tobytes())).picture is not None
