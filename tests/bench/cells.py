"""Which cases are compared side by side, and what one contestant showed in one of them. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.model import Codec

SMALL, LARGE = (640, 360), (1920, 1080)


class Contestant(StrEnum):
    """Who is compared; the order is that of the tables."""

    OURS = "ours, decoded and diagnosed"
    OURS_KEY_FRAME = "ours, key frame received"
    OPENCV = "OpenCV VideoCapture"
    PYAV = "PyAV av.open"
    FFMPEG = "ffmpeg -frames:v 1"
    BLACKBOX = "blackbox_exporter, RTSP OPTIONS: no picture, no stream"
    EXCHANGES = "bare exchanges and bytes, nothing read"
    BARE = "bare decode of the same key frame"
    BARE_DIAGNOSED = "bare decode + diagnosis"


PEERS = (Contestant.OPENCV, Contestant.PYAV, Contestant.FFMPEG)  # those that prove a picture, as we do


class Source(StrEnum):
    """Whose server, and where in the film it lets a client begin."""

    AT_ONCE = "key frame at once"
    LIVE = "joining a 2 s GOP"
    GSTREAMER = "GStreamer, joining a 2 s GOP"


@dataclass(frozen=True, slots=True)
class Scenery:
    """What one server process shows."""

    source: Source
    codec: Codec
    size: tuple[int, int]

    def __str__(self) -> str:
        return f"{self.codec.value}, {self.size[0]}x{self.size[1]}, {self.source.value}"


@dataclass(frozen=True, slots=True)
class Cell:
    """One case."""

    scenery: Scenery
    at_once: int  # probes running at the same time

    def __str__(self) -> str:
        return f"{self.scenery}, {self.at_once} at once"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one contestant showed in one cell."""

    setting: str  # by which options; empty when there is no choice
    cpu: float  # seconds of user and system time, children included, while all probes ran
    walls: tuple[float, ...]  # seconds of each probe that succeeded
    failed: int
    complaint: str  # of the last failure
    elapsed: float  # seconds for all probes together
    peak: int  # bytes of resident memory, children included

    @property
    def each(self) -> float:
        """CPU seconds for one success; infinite without any."""
        return self.cpu / len(self.walls) if self.walls else math.inf

    def wall(self, share: float) -> float:
        """The quantile of the wall times in seconds; NaN without a success."""
        ordered = sorted(self.walls)
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan

    @property
    def rank(self) -> tuple[int, float]:
        """Orders settings of one contestant, the best first: no failures, then little CPU."""
        return self.failed, self.each


Results = dict[Cell, dict[Contestant, Outcome]]

CODECS = (Codec.H264, Codec.H265)
GSTREAMER_CELLS = tuple(Cell(Scenery(Source.GSTREAMER, codec, SMALL), 16) for codec in CODECS)
ALL_CELLS = (
    *(
        Cell(Scenery(source, codec, size), at_once)
        for size in (SMALL, LARGE)
        for codec in CODECS
        for source in (Source.AT_ONCE, Source.LIVE)
        for at_once in (1, 16, 64)
    ),
    *GSTREAMER_CELLS,
)
QUICK_CELLS = (
    Cell(Scenery(Source.AT_ONCE, Codec.H264, SMALL), 16),
    Cell(Scenery(Source.LIVE, Codec.H264, SMALL), 16),
    Cell(Scenery(Source.LIVE, Codec.H264, LARGE), 16),
    GSTREAMER_CELLS[1],
)
MEMORY_CELL = Cell(Scenery(Source.LIVE, Codec.H264, LARGE), 64)
CELL_SETS: dict[str, Sequence[Cell]] = {
    "quick": QUICK_CELLS,
    "all": ALL_CELLS,
    "many": tuple(cell for cell in ALL_CELLS if cell.at_once == 64),
    "gstreamer": GSTREAMER_CELLS,
    "memory": (MEMORY_CELL,),
}


def probes_of(cell: Cell, contestant: Contestant) -> int:
    """How many probes are measured: enough for steady figures, few enough to end before tea."""
    waits = cell.scenery.source is not Source.AT_ONCE
    count = {1: 12 if waits else 24, 16: 64, 64: 128}[cell.at_once]
    match contestant:
        case Contestant.OURS_KEY_FRAME | Contestant.EXCHANGES | Contestant.BLACKBOX:
            return count * (2 if waits else 8)
        case Contestant.OURS | Contestant.BARE | Contestant.BARE_DIAGNOSED:
            return count * 2
        case Contestant.OPENCV | Contestant.PYAV | Contestant.FFMPEG:
            return count
