"""What is kept of a key frame to compare the next one with: its size and digests. Nothing of its picture."""

from __future__ import annotations

from hashlib import sha256

from monitor.model import Codec, KeyFrame, Mark

_START = b"\0\0\1"
_START_LENGTH = 3


def mark_of(url: str, keyframe: KeyFrame) -> Mark:
    """The mark of a key frame that this URL gave. About 1.3 ms a megabyte: SHA-256 is in the processor."""
    digest = sha256(keyframe.data).digest()[:16]
    parameters = parameter_sets(keyframe)
    return Mark(url, keyframe.codec, len(keyframe.data), digest, sha256(parameters).digest()[:8] if parameters else b"")


def parameter_sets(keyframe: KeyFrame) -> bytes:
    """The units before the first one that is no parameter set; a key frame begins with them."""
    data, at = keyframe.data, 0
    while (start := data.find(_START, at)) >= 0 and _is_parameter_set(keyframe.codec, data, start + _START_LENGTH):
        at = start + _START_LENGTH
    return data[: max(start, 0)] if at else b""


def _is_parameter_set(codec: Codec, data: bytes, at: int) -> bool:
    if at >= len(data):
        return False
    match codec:
        case Codec.H264:
            return data[at] & 0x1F in (7, 8)
        case Codec.H265:
            return data[at] >> 1 & 0x3F in (32, 33, 34)
        case Codec.MJPEG:
            return False
