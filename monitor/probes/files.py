"""Key frames of a file somebody hands in, to be examined like a camera's. The file is as untrusted as a camera."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import av
import av.error
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from monitor.errors import SharpEyesError
from monitor.picture import Evidence, Frame
from monitor.probes.decode import decoded_jpeg, frame_of
from monitor.probes.sizes import MAX_PIXELS, PictureTooLarge, announced, check_size

MOST = 2_000  # key frames of one file
LARGEST = 4_000_000_000  # bytes
HEAD = 1_000_000  # bytes of it in which a still picture says its size


class FileUnreadable(SharpEyesError):
    """It is neither a picture nor a video that can be decoded."""


def key_frames(path: Path) -> Iterator[tuple[float, Frame, Evidence]]:
    """Seconds since the file's beginning, the key frame and what the decoder says of it; at most ``MOST`` of a video.

    A frame lives until the next one is asked for. FileUnreadable names the file.
    """
    if path.stat().st_size > LARGEST:
        raise FileUnreadable(f"{path}: is larger than {LARGEST // 10**9} GB; cut it")
    try:
        with path.open("rb") as file:
            if size := announced(file.read(HEAD)):
                check_size(*size)
        with av.open(str(path), options={"max_pixels": str(MAX_PIXELS)}) as container:
            if not container.streams.video:
                raise FileUnreadable(f"{path}: holds no video and no picture")
            stream = container.streams.video[0]
            stream.codec_context.skip_frame = "NONKEY"
            stream.codec_context.thread_count = 1
            first: float | None = None
            for number, (at, decoded, flagged) in enumerate(_decoded(container, stream)):
                if number == MOST:
                    return
                first = at if first is None else first
                yield at - first, frame_of(decoded), Evidence(flagged)
            if first is None:
                raise FileUnreadable(f"{path}: no key frame in it can be decoded")
    except PictureTooLarge as error:
        raise FileUnreadable(f"{path}: {error.told.en}") from error
    except (av.error.FFmpegError, MemoryError, ValueError) as error:
        raise FileUnreadable(
            f"{path}: cannot be decoded ({type(error).__name__}): name a picture or a video"
        ) from error


def _decoded(container: InputContainer, stream: VideoStream) -> Iterator[tuple[float, VideoFrame, bool]]:
    """When, what, and whether it is damaged."""
    if stream.codec_context.name != "mjpeg":
        for decoded in container.decode(stream):
            yield _seconds(decoded.time), decoded, decoded.is_corrupt
        return
    for packet in container.demux(stream):
        picture, flagged = decoded_jpeg(bytes(packet)) if packet.size else (None, False)
        if picture is not None:
            at = None if packet.pts is None or packet.time_base is None else float(packet.pts * packet.time_base)
            yield _seconds(at), picture, flagged


def _seconds(at: float | None) -> float:
    return 0.0 if at is None or not math.isfinite(at) else float(at)
