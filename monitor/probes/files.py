"""Key frames of a file somebody hands in, to be examined like a camera's. The file is as untrusted as a camera."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import av
import av.error
from av.video.frame import VideoFrame

from monitor.errors import SharpEyesError
from monitor.picture import Frame
from monitor.probes.decode import frame_of
from monitor.probes.sizes import MAX_PIXELS, PictureTooLarge, announced, check_size

MOST = 2_000  # key frames of one file
LARGEST = 4_000_000_000  # bytes
HEAD = 1_000_000  # bytes of it in which a still picture says its size


class FileUnreadable(SharpEyesError):
    """It is neither a picture nor a video that can be decoded."""


def key_frames(path: Path) -> Iterator[tuple[float, Frame]]:
    """Seconds since the file's beginning, and the key frame; one of a picture, at most ``MOST`` of a video.

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
            for number, decoded in enumerate(container.decode(stream)):
                if number == MOST:
                    return
                at = _seconds(decoded)
                first = at if first is None else first
                yield at - first, frame_of(decoded)
            if first is None:
                raise FileUnreadable(f"{path}: no key frame in it can be decoded")
    except PictureTooLarge as error:
        raise FileUnreadable(f"{path}: {error}") from error
    except (av.error.FFmpegError, MemoryError, ValueError) as error:
        raise FileUnreadable(
            f"{path}: cannot be decoded ({type(error).__name__}): name a picture or a video"
        ) from error


def _seconds(decoded: VideoFrame) -> float:
    at = decoded.time
    return 0.0 if at is None or not math.isfinite(at) else float(at)
