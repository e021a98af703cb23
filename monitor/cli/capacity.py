"""``sharp-eyes capacity``: what watching this town takes, and whether lines and machine bear it. Asks no camera."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext

from monitor.capacity import Capacity, Demand, Machine, capacity
from monitor.cli import texts
from monitor.cli.exits import Exit
from monitor.clock import cpu_seconds
from monitor.devices import Devices, Stream, devices_path
from monitor.engine.knowledge import UNKNOWN_RATE
from monitor.language import Count, Language
from monitor.model import Camera, Codec, KeyFrame
from monitor.probes.decode import look_at
from monitor.probes.spares import Spares
from monitor.service import load_plan
from monitor.settings import Settings, StreamChoice

# docs/benchmarks.md: a key frame joined in the middle of a 2 s group of pictures. Waiting for it is half a group, and
# the handshake comes before that.
RECEIVING = {StreamChoice.SUB: timedelta(milliseconds=0.7), StreamChoice.AS_WRITTEN: timedelta(milliseconds=1.2)}
UNKNOWN = Stream(received=round(1.5 * UNKNOWN_RATE / 8), took=timedelta(seconds=1.5))
SIZE = {StreamChoice.SUB: (640, 360), StreamChoice.AS_WRITTEN: (1920, 1080)}
MEASURING = 1.0  # seconds of CPU for the decoder's measurement
MEGA = 1_000_000


def show_capacity(config: Path, language: Language, *, as_json: bool) -> int:
    """Print the figures; exit code 1 when a limit would make probes late."""
    plan = load_plan(config)
    settings = plan.settings
    machine = _machine(settings, cost_of_looking(*SIZE[settings.probe.stream], MEASURING))
    devices = Devices(devices_path(settings.ledger))
    demands, limits = [_demand(camera, devices) for camera in plan.cameras], settings.limits
    found = capacity(demands, limits.uplinks, limits.usual_uplink, machine)
    print(_json(found, machine) if as_json else _text(found, machine, language))
    return Exit.NO if found.late else Exit.OK


def cost_of_looking(width: int, height: int, seconds: float) -> timedelta:
    """The CPU of decoding and looking at one key frame of that size on this machine, measured for so long."""
    keyframe = KeyFrame(Codec.H264, _key_frame(width, height))
    looks, began, spares = 0, cpu_seconds(), Spares()
    while (spent := cpu_seconds() - began) < seconds:
        look_at(keyframe, spares=spares)
        looks += 1
    return timedelta(seconds=spent / looks)


def _key_frame(width: int, height: int) -> bytes:
    """A street at dusk, to an encoder: slopes with the noise of a sensor."""
    slope = np.linspace(40, 180, width)[None, :] + np.linspace(0, 40, height)[:, None]
    luma = slope + np.random.default_rng(1).normal(0, 6, (height, width))
    planes = np.full((height * 3 // 2, width), 128, np.uint8)
    planes[:height] = luma.clip(16, 235)
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.framerate, encoder.time_base = Fraction(1), Fraction(1)
    encoder.options = {"preset": "veryfast", "tune": "zerolatency", "crf": "27", "x264-params": "log-level=-1"}
    packets = [*encoder.encode(av.VideoFrame.from_ndarray(planes, format="yuv420p")), *encoder.encode(None)]
    return b"".join(map(bytes, packets))


def _machine(settings: Settings, looking: timedelta) -> Machine:
    return Machine(
        cores=len(os.sched_getaffinity(0)),
        receiving=RECEIVING[settings.probe.stream],
        looking=looking,
        interval=settings.probe.interval,
        every=settings.picture.every,
        in_flight=settings.limits.in_flight,
        per_device=settings.limits.per_device,
        processes=max(1, settings.limits.workers),
        decoders=settings.limits.decoders,
    )


def _demand(camera: Camera, devices: Devices) -> Demand:
    stream = devices.stream(camera.id, camera.url)
    if not stream.received:
        stream = UNKNOWN
    return Demand(
        camera.uplink, camera.device, stream.received, stream.rate, stream.took, measured=stream is not UNKNOWN
    )


def _json(found: Capacity, on: Machine) -> str:
    cost = {"receiving_seconds": on.receiving.total_seconds(), "looking_seconds": on.looking.total_seconds()}
    return json.dumps(asdict(found) | cost | {"cores": on.cores, "late": found.late}, ensure_ascii=False, indent=2)


def _text(found: Capacity, on: Machine, language: Language) -> str:
    lines = [
        texts.CAPACITY_TOWN[language].format(
            cameras=Count(found.cameras),
            measured=found.measured,
            probes=found.probes_per_second,
            looks=found.looks_per_second,
        ),
        texts.CAPACITY_SESSIONS[language].format(sessions=found.sessions, limit=on.in_flight),
        texts.CAPACITY_RATE[language].format(rate=found.mean_rate / MEGA),
        texts.CAPACITY_CPU[language].format(
            cpu=found.cpu, cores=Count(on.cores), receiving=_ms(on.receiving), looking=_ms(on.looking)
        ),
        texts.CAPACITY_CARRIES[language].format(
            carries=Count(found.carries), limit=texts.BOTTLENECKS[found.limited_by][language]
        ),
        *(
            texts.CAPACITY_LINE[language].format(
                name=line.name,
                cameras=Count(line.cameras),
                sessions=line.sessions,
                session_limit=line.session_limit,
                mean=line.mean_rate / MEGA,
                peak=line.peak_rate / MEGA,
                limit=f"{line.bandwidth / MEGA:g}" if line.bandwidth else "∞",
            )
            for line in found.lines
        ),
        *_warnings(found, language),
    ]
    return "\n".join(lines)


def _warnings(found: Capacity, language: Language) -> list[str]:
    return [
        *(texts.LATE[what][language] for what in found.late_for),
        *(texts.LATE_LINE[language].format(name=line.name) for line in found.lines if line.late),
        *(texts.LATE_DEVICE[language].format(name=name, share=share) for name, share in found.busy_devices),
    ]


def _ms(cost: timedelta) -> float:
    return cost / timedelta(milliseconds=1)
