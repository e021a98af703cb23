"""The physical limit: what libavcodec alone takes for a key frame, and what looking at it adds, in CPU time.

Bare decoding keeps one decoder for each codec and does nothing with the picture: less than that no program needs that
decodes with this library. ``look_at`` is the monitor's own function, with every check of the picture.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import av
from rich.progress import Progress

from monitor.clock import SystemClock
from monitor.errors import SharpEyesError
from monitor.model import Camera, Codec, Credentials, KeyFrame
from monitor.probes.decode import look_at
from monitor.probes.rtsp import RtspLimits, fetch_keyframe
from monitor.probes.spares import Spares
from monitor.simulator.clips import ClipSize
from monitor.simulator.town import build_town
from tests.bench.examining import cost_of_diagnosis
from tests.bench.tables import Findings, Row, Table, number

CAMERAS = 60  # of the small town that shows the films of one size: enough for every codec and scene
ROUNDS = 9
LONGEST = timedelta(seconds=30)  # of the measurement at a pace
DECODERS = {Codec.H264: "h264", Codec.H265: "hevc", Codec.MJPEG: "mjpeg"}
HEAD = (
    *("codec", "key frames", "kB each", "bare decode, ms"),
    *("decode + diagnosis, ms", "key frames/s of one core"),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds for one key frame, the mean over a set of them."""

    name: str  # of the set
    key_frames: int
    bytes: float
    bare: float
    looking: float

    def row(self) -> Row:
        """As a line of a table."""
        return (
            self.name,
            number(self.key_frames),
            number(self.bytes / 1000, 1),
            number(self.bare * 1000, 2),
            number(self.looking * 1000, 2),
            number(1 / self.looking),
        )


def measure(sizes: Sequence[tuple[int, int]], base: str, port: int, progress: Progress) -> Findings:
    """The limit for the simulator's films at each size, and what the diagnosis costs of a camera that is known."""
    task = progress.add_task("key frames", total=len(sizes))
    tables = []
    for width, height in sizes:
        progress.update(task, description=f"key frames of {width}x{height}: encoding films, decoding")
        key_frames = asyncio.run(_from_a_small_town(ClipSize(width, height, groups=2), base, port))
        tables.append(limit_table(f"{width}x{height}", costs_of(key_frames)))
        progress.advance(task)
    table, checks = cost_of_diagnosis(sizes)
    return Findings((*tables, table), checks)


def costs_of(key_frames: Sequence[KeyFrame]) -> tuple[Cost, ...]:
    """For each codec, and at the end for all as they come."""
    codecs = sorted({key_frame.codec for key_frame in key_frames})
    by_codec = (cost(codec.value, [frame for frame in key_frames if frame.codec is codec]) for codec in codecs)
    return (*by_codec, cost("as they come", key_frames))


def limit_table(caption: str, costs: Sequence[Cost]) -> Table:
    """The costs as a table."""
    return Table(caption, HEAD, tuple(each.row() for each in costs))


def cost(name: str, key_frames: Sequence[KeyFrame]) -> Cost:
    """Measured over all of them, the median of several rounds."""
    kept = {codec: av.CodecContext.create(decoder_name, "r") for codec, decoder_name in DECODERS.items()}
    for decoder in kept.values():
        assert isinstance(decoder, av.VideoCodecContext)
        decoder.thread_count = 1

    def bare(key_frame: KeyFrame) -> None:
        decoder = kept[key_frame.codec]
        assert isinstance(decoder, av.VideoCodecContext)
        if not decoder.decode(av.Packet(key_frame.data)) and not decoder.decode(None):
            raise SharpEyesError(f"libavcodec gave no picture for a {key_frame.codec} key frame of the simulator")
        decoder.flush_buffers()

    spares = Spares()

    def looking(key_frame: KeyFrame) -> None:
        look_at(key_frame, spares=spares)

    size = statistics.fmean(len(key_frame.data) for key_frame in key_frames)
    return Cost(name, len(key_frames), size, _each(bare, key_frames), _each(looking, key_frames))


def cost_at_pace(key_frames: Sequence[KeyFrame], pause: timedelta) -> float:
    """CPU seconds for decoding and looking at one, with a pause after each: the core sleeps, its caches grow cold."""
    pause = min(pause, LONGEST / len(key_frames))
    spent, spares = 0.0, Spares()
    for key_frame in key_frames:
        time.sleep(pause.total_seconds())
        began = time.thread_time()
        look_at(key_frame, spares=spares)
        spent += time.thread_time() - began
    return spent / len(key_frames)


async def fetch_key_frames(cameras: Iterable[Camera], credentials: Mapping[str, Credentials]) -> list[KeyFrame]:
    """One from every camera, byte for byte what the monitor's probe gets."""
    clock, found = SystemClock(), []
    for camera in cameras:
        login = credentials.get(camera.credentials)
        fetched = await fetch_keyframe(camera.url, login, limits=RtspLimits(), clock=clock)
        if fetched.keyframe is None:
            raise SharpEyesError(f"{camera.id} of the simulator gave no key frame: {fetched.cause.value}")
        found.append(fetched.keyframe)
    return found


async def _from_a_small_town(size: ClipSize, base: str, port: int) -> list[KeyFrame]:
    town = build_town(CAMERAS, 1, base=base, port=port, clip_size=size)
    await town.start()
    try:
        return await fetch_key_frames(town.cameras, town.credentials)
    finally:
        await town.stop()


def _each(work: Callable[[KeyFrame], None], key_frames: Sequence[KeyFrame]) -> float:
    """CPU seconds for one, the median over the rounds; the first round only warms up."""
    rounds = []
    for _ in range(ROUNDS + 1):
        began = time.thread_time()
        for key_frame in key_frames:
            work(key_frame)
        rounds.append((time.thread_time() - began) / len(key_frames))
    return statistics.median(rounds[1:])
