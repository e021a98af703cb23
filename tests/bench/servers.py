"""The servers the contestants ask: our load generator and GStreamer's, each in its own process, with one film."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from monitor.model import Credentials
from monitor.simulator.auth import Scheme
from monitor.simulator.clips import ClipKey, ClipSize, Grade, default_cache, frames_of
from monitor.simulator.layout import CREDENTIALS, Makeup
from monitor.simulator.names import HIKVISION
from monitor.simulator.scenes import Scene
from monitor.simulator.server import Join
from monitor.simulator.town import build_town
from tests.bench.cells import Scenery, Source
from tests.bench.children import Child, python_module, running

FILMS_WITHIN = timedelta(minutes=10)  # encoding a film of large pictures the first time
CAMERAS, ASKED = 160, 64  # of those of one vendor; some 80 are of the commonest
SCENE = Scene.LANE
DEBIAN_PYTHON = "/usr/bin/python3"  # the one for which Debian packages the GStreamer bindings
FPS, GOP, GROUPS = 25, 2, 2


@dataclass(frozen=True, slots=True)
class Serving:
    """Whom to ask for what."""

    urls: Sequence[str]
    login: Credentials | None
    child: Child


@dataclass(frozen=True, slots=True)
class Place:
    """Where servers run and listen, and how cameras of ours want to be convinced."""

    cores: frozenset[int]
    base: str
    port: int
    scheme: Scheme
    folder: Path


@contextmanager
def serving(scenery: Scenery, place: Place) -> Iterator[Serving]:
    """The server, ready; ended on leaving."""
    match scenery.source:
        case Source.AT_ONCE:
            yield from _generator(scenery, place, Join.AT_ONCE)
        case Source.LIVE:
            yield from _generator(scenery, place, Join.LIVE)
        case Source.GSTREAMER:
            yield from _gstreamer(scenery, place)


def _generator(scenery: Scenery, place: Place, join: Join) -> Iterator[Serving]:
    width, height = scenery.size
    options = (
        *("--cameras", str(CAMERAS), "--villages", "1", "--base", place.base, "--port", str(place.port)),
        *("--codecs", scenery.codec.value, "--scenes", SCENE.value, "--scheme", place.scheme.value),
        *("--width", str(width), "--height", str(height), "--fps", str(FPS), "--gop", str(GOP)),
        *("--groups", str(GROUPS), "--grade", Grade.CAMERA.value, "--join", join.value),
    )
    makeup = Makeup((scenery.codec,), (SCENE,), place.scheme, join)
    cameras = build_town(CAMERAS, 1, base=place.base, port=place.port, makeup=makeup).cameras
    login = HIKVISION.credentials if place.scheme is not Scheme.NONE else ""  # one for all of a vendor's cameras
    urls = [camera.url for camera in cameras if camera.credentials == login][:ASKED]
    command = python_module("monitor.simulator", *options)
    with running("load generator", command, place.cores, place.folder / "generator.log") as child:
        child.first_line(FILMS_WITHIN)
        yield Serving(urls, CREDENTIALS.get(login), child)


def _gstreamer(scenery: Scenery, place: Place) -> Iterator[Serving]:
    width, height = scenery.size
    size = ClipSize(width, height, fps=FPS, groups=GROUPS, gop=GOP, grade=Grade.CAMERA)
    film = place.folder / "film.bin"
    frames = frames_of(ClipKey(SCENE, scenery.codec), size, default_cache())
    film.write_bytes(b"".join(struct.pack(">I", len(frame)) + frame for frame in frames))
    script = Path(__file__).with_name("gst_film.py")
    command = (
        *(DEBIAN_PYTHON, str(script), "--port", str(place.port), "--codec", scenery.codec.value),
        *("--fps", str(FPS), "--film", str(film)),
    )
    with running("GStreamer server", command, place.cores, place.folder / "gstreamer.log") as child:
        child.first_line(FILMS_WITHIN)
        yield Serving([f"rtsp://127.0.0.1:{place.port}/film"], None, child)
