"""Decodes one key frame and looks at it, in a worker thread; the picture is dropped before the function returns.

A camera's bytes are untrusted: the decoder refuses pictures above ``MAX_PIXELS`` before it allocates them, fewer where
the bytes have many parts that could each be the whole picture again; it runs one thread, and every error of libavcodec
becomes a cause. Nothing is written anywhere, and where a decoder is kept (``spares``) the picture is overwritten.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

import av
import av.error
import av.logging
import numpy as np
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane

from monitor.model import EPOCH, Cause, Codec, KeyFrame, Picture, View
from monitor.picture import Evidence, Frame, Memory, examine
from monitor.picture.blocks import Sums, block_sums
from monitor.picture.frame import Plane
from monitor.picture.moving import judged_viewless, viewless
from monitor.picture.verdict import cause_of
from monitor.probes.sizes import MAX_PIXELS, PictureTooLarge, announced, check_size
from monitor.probes.spares import NONE_KEPT, Spares, kind_of

# Pixels decoded at most, were every part a whole picture: about half a second. Honest parts share one picture: 4K may
# come in 70 of them, Full HD in 280.
MAX_WORK = 70 * 3840 * 2160
_USUAL_PARTS = MAX_WORK // MAX_PIXELS  # with no more, MAX_PIXELS is the only bound

_DECODERS = {Codec.H264: "h264", Codec.H265: "hevc", Codec.MJPEG: "mjpeg"}
# What each part begins with: a NAL unit, also one that hides inside another; a scan of a JPEG.
_PARTS = {Codec.H264: b"\0\0\1", Codec.H265: b"\0\0\1", Codec.MJPEG: b"\xff\xda"}
_END_OF_JPEG = b"\xff\xd9"
_NO_OPTIONS: Mapping[str, str] = MappingProxyType({})
_PLANAR = frozenset({"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "yuv440p", "yuvj440p"})
_FULL_RANGE = 2  # AVCOL_RANGE_JPEG

# libavcodec writes what it thinks of a camera's bytes to stderr; what matters is in the cause.
av.logging.set_level(None)
logging.getLogger("libav").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Seen:
    """What looking at one key frame told, and what is remembered after it. Both None where it could not be decoded."""

    cause: Cause
    picture: Picture | None = None
    detail: str = ""
    memory: Memory | None = field(default=None, repr=False)


FRESH = Memory.fresh()


def look_at(
    keyframe: KeyFrame,
    memory: Memory = FRESH,
    at: datetime = EPOCH,
    spares: Spares = NONE_KEPT,
) -> Seen:
    """Decode and examine; takes 2 to 60 ms of CPU depending on size. Never raises for any bytes, nor for any size.

    A key frame with packets missing never comes this far; one that the decoder calls damaged is a corrupt picture.

    ``memory``: of the camera, before this picture, which was taken ``at``. ``spares``: where decoders are kept for the
    next one.
    """
    parts = keyframe.data.count(_PARTS[keyframe.codec])
    kind = kind_of(keyframe) if parts <= _USUAL_PARTS else None
    try:
        if keyframe.codec is Codec.MJPEG:
            decoder, (decoded, flagged) = None, decoded_jpeg(keyframe.data)
        else:
            decoder = (kind and spares.take(kind)) or _decoder(keyframe.codec, parts)
            decoded = _decoded(decoder, keyframe.data)
            flagged = decoded is not None and decoded.is_corrupt
        if decoded is None:
            return _failed(keyframe, parts, "the decoder gave no complete picture")
        frame = frame_of(decoded)
    except PictureTooLarge as error:
        return _failed(keyframe, parts, str(error))
    except (av.error.FFmpegError, MemoryError, ValueError) as error:
        return _failed(keyframe, parts, type(error).__name__)
    picture, memory = examine(frame, Evidence(flagged), memory, at)
    if kind and decoder and not flagged:
        _wipe(decoded)
        spares.give(kind, decoder, frame.width * frame.height)
    return Seen(cause_of(picture), picture, memory=memory)


def look_at_moving(keyframe: KeyFrame, memory: Memory, at: datetime, spares: Spares = NONE_KEPT) -> Seen:
    """As ``look_at``, of a camera whose view moves."""
    seen = look_at(keyframe, viewless(memory), at, spares)
    if seen.picture is None or seen.memory is None:
        return seen
    picture, remembered = judged_viewless(seen.picture, seen.memory)
    return replace(seen, picture=picture, memory=remembered)


LOOKS = MappingProxyType({View.FIXED: look_at, View.MOVING: look_at_moving})


def blocks_of(jpeg: bytes) -> Sums | None:
    """The blocks of a JPEG file, for which the same limits hold; None where it is none, or damaged.

    Never raises for any bytes.
    """
    try:
        decoded, flagged = decoded_jpeg(jpeg)
        return None if decoded is None or flagged else block_sums(frame_of(decoded))
    except (av.error.FFmpegError, MemoryError, ValueError):
        return None


def _failed(keyframe: KeyFrame, parts: int, why: str) -> Seen:
    return Seen(Cause.DECODE_FAILED, detail=f"{keyframe.codec} in {parts} parts: {why}")


def decoded_jpeg(data: bytes) -> tuple[VideoFrame | None, bool]:
    """The picture of a JPEG file, and whether it is damaged: cut off, or with codes in it that cannot be.

    libavcodec paints over what it cannot read and says nothing, unless it is told to stop there: so a file that it
    does not read strictly is read once more, to be looked at all the same. Raises as the decoder does.
    """
    if size := announced(data):
        check_size(*size)
    parts = data.count(_PARTS[Codec.MJPEG])
    try:
        strict = _decoder(Codec.MJPEG, parts, {"err_detect": "explode"})
        return _decoded(strict, data), data.rfind(_END_OF_JPEG) < data.rfind(_PARTS[Codec.MJPEG])
    except av.error.FFmpegError:
        return _decoded(_decoder(Codec.MJPEG, parts), data), True


def _decoder(codec: Codec, parts: int, options: Mapping[str, str] = _NO_OPTIONS) -> av.VideoCodecContext:
    decoder = av.CodecContext.create(_DECODERS[codec], "r")
    assert isinstance(decoder, av.VideoCodecContext)
    decoder.thread_count = 1
    most = min(MAX_PIXELS, MAX_WORK // max(1, parts))
    # Smoothing block edges is for eyes; it costs 5 to 12 % and changes no verdict.
    decoder.options = {"max_pixels": str(most), "skip_loop_filter": "all", **options}
    return decoder


def _decoded(decoder: av.VideoCodecContext, data: bytes) -> VideoFrame | None:
    frames = decoder.decode(av.Packet(data)) or decoder.decode(None)
    return frames[0] if frames else None


def frame_of(decoded: VideoFrame) -> Frame:
    """The picture, without a copy where its form allows. PictureTooLarge for one that is not looked at."""
    check_size(decoded.width, decoded.height)
    full_range = int(decoded.color_range) == _FULL_RANGE or decoded.format.name.startswith("yuvj")
    if decoded.format.name not in _PLANAR:
        decoded = decoded.reformat(format="yuv420p")
    y, u, v = (_plane(plane) for plane in decoded.planes)
    return Frame(y, u, v, full_range)


def _wipe(decoded: VideoFrame) -> None:
    """Overwrite the picture: a decoder that is kept may keep its memory as well."""
    for plane in decoded.planes:
        np.frombuffer(memoryview(plane), np.uint8).fill(0)


def _plane(plane: VideoPlane) -> Plane:
    """A view on the plane's own memory (the stride is cut off), no copy."""
    rows: Plane = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]
