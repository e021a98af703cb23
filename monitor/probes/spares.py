"""Decoders kept for the next picture of their kind: making one anew costs a fifth of decoding a sub-stream's picture.

Decides which are kept. One is used again only for key frames with the very parameter sets it was made for, so that what
one camera sent never stands in for what another one left out. Must never hold one that met an error.
"""

from __future__ import annotations

from hashlib import sha256
from threading import Lock
from typing import NamedTuple

import av

from monitor.model import Codec, KeyFrame
from monitor.probes.marks import parameter_sets

MOST = 20  # decoders: as many kinds of sub-stream; each holds 1 MB at 640 x 360, 3 MB at 1920 x 1080
MOST_PIXELS = 1920 * 1088  # of a picture; a larger one takes so long that a new decoder does not count


class Kind(NamedTuple):
    """What two key frames have in common that one decoder can take in turn."""

    codec: Codec
    parameters: bytes  # a digest of their parameter sets


def kind_of(keyframe: KeyFrame) -> Kind | None:
    """None for what has no parameter sets, as JPEG: its tables may lie anywhere."""
    found = parameter_sets(keyframe)
    return Kind(keyframe.codec, sha256(found).digest()) if found else None


class Spares:
    """The kept decoders of one process, for all its threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = Lock()
        self._kept: list[tuple[Kind, av.VideoCodecContext]] = []  # the last used last

    def take(self, kind: Kind) -> av.VideoCodecContext | None:
        """One that is nobody else's until it is given back; None when there is none of this kind."""
        with self._lock:
            for at in reversed(range(len(self._kept))):
                if self._kept[at][0] == kind:
                    return self._kept.pop(at)[1]
        return None

    def give(self, kind: Kind, decoder: av.VideoCodecContext, pixels: int) -> None:
        """Keep one that decoded a picture of so many pixels without fault; the longest unused makes room."""
        if pixels > MOST_PIXELS or not self._most:
            return
        decoder.flush_buffers()
        with self._lock:
            self._kept.append((kind, decoder))
            del self._kept[: -self._most]


NONE_KEPT = Spares(0)
