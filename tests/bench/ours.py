"""Our own prober, whole and without the decoding, and the limit: the same key frames decoded and nothing else."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import cache

import av
import numpy as np
from av.video.frame import VideoFrame

from monitor.clock import SystemClock
from monitor.errors import SharpEyesError
from monitor.model import Ask, Camera, Codec, Credentials, KeyFrame, Look, Rung
from monitor.picture import NO_EVIDENCE, Memory, examine
from monitor.picture.frame import Frame, Plane
from monitor.probes.camera import CameraProber, fetch, result_of
from monitor.probes.decoders import Decoders
from monitor.probes.rtsp import RtspLimits, fetch_keyframe
from monitor.settings.values import LimitSettings
from monitor.simulator.town import build_town
from tests.bench.rivals import NoPicture

DECODERS = {Codec.H264: "h264", Codec.H265: "hevc", Codec.MJPEG: "mjpeg"}

AsyncProbe = Callable[[str], Awaitable[None]]


def decoded(login: Credentials | None) -> AsyncProbe:
    """A probe as the monitor makes it when a picture is due: with decoding and diagnosis every time."""
    clock = SystemClock()
    prober = CameraProber(RtspLimits(), clock, Decoders(LimitSettings().decoders))

    async def probe(url: str) -> None:
        ask = Ask(_camera(url), clock.now(), credentials=login, look=Look.DEMANDED)
        result = await prober.probe(ask, lambda: None)
        if result.picture is None:
            raise NoPicture(f"{result.cause.value}: {result.detail}")

    return probe


def received(login: Credentials | None) -> AsyncProbe:
    """A probe as the monitor makes it when none is due: up to the complete key frame and what its bytes tell."""
    clock, limits = SystemClock(), RtspLimits()

    async def probe(url: str) -> None:
        ask = Ask(_camera(url), clock.now(), credentials=login)
        result = result_of(ask, await fetch(ask, limits, clock))
        if result.rung is not Rung.KEYFRAME:
            raise NoPicture(f"{result.cause.value}: {result.detail}")

    return probe


@cache
def _camera(url: str) -> Camera:
    """As the inventory has it: made once."""
    return replace(build_town(1, 1).cameras[0], url=url)


async def key_frames_of(urls: Sequence[str], login: Credentials | None) -> list[KeyFrame]:
    """One of each URL, byte for byte what our probe gets. SharpEyesError when there is none."""
    found = []
    for url in urls:
        fetched = await fetch_keyframe(url, login, limits=RtspLimits(), clock=SystemClock())
        if fetched.keyframe is None:
            raise SharpEyesError(f"no key frame for the limit: {fetched.cause.value}")
        found.append(fetched.keyframe)
    return found


def decode_at_pace(key_frames: Sequence[KeyFrame], count: int, pace: float, *, diagnosed: bool) -> tuple[float, ...]:
    """Seconds each took. ``pace``: seconds from begin to begin, so that caches are as cold as they are for a probe.

    One decoder with one thread is kept for all of them: no program that decodes with this library does with less.
    """
    decoder = av.CodecContext.create(DECODERS[key_frames[0].codec], "r")
    assert isinstance(decoder, av.VideoCodecContext)
    decoder.thread_count = 1
    began, walls, memory = time.monotonic(), [], Memory.fresh()
    for nth in range(count):
        time.sleep(max(0.0, began + nth * pace - time.monotonic()))
        started = time.monotonic()
        frames = decoder.decode(av.Packet(key_frames[nth % len(key_frames)].data)) or decoder.decode(None)
        if not frames:
            raise SharpEyesError("libavcodec gave no picture for a key frame")
        if diagnosed:
            _, memory = examine(_frame(frames[0]), NO_EVIDENCE, memory, SystemClock().now())
        del frames
        decoder.flush_buffers()
        walls.append(time.monotonic() - started)
    return tuple(walls)


def _frame(decoded: VideoFrame) -> Frame:
    planes: list[Plane] = []
    for plane in decoded.planes:
        rows: Plane = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        planes.append(rows[: plane.height, : plane.width])
    y, u, v = planes
    return Frame(y, u, v, full_range=False)
