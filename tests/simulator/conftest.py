"""One set of small films for all tests of the simulator, and cameras that serve them."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from monitor.model import Codec, Credentials, Secret
from monitor.simulator.auth import Scheme
from monitor.simulator.clips import ClipSize, Library, load_clips
from monitor.simulator.scenes import Scene
from monitor.simulator.server import CameraPlan, CameraServer, Join, Served
from tests.addresses import BASE, free_port

SMALL = ClipSize(width=320, height=192, fps=10, groups=3)
KEY = Credentials("admin", Secret("p@ss: /1%"))

hosts = itertools.count(1)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="session")
def clips(cache: Path) -> Library:
    return load_clips(SMALL, cache)


MakeCamera = Callable[..., CameraServer]


@pytest.fixture
async def make_camera(clips: Library) -> AsyncIterator[MakeCamera]:
    """Fake cameras, each on an address of its own, closed after the test."""
    cameras: list[CameraServer] = []

    def make(
        codec: Codec = Codec.H264,
        scheme: Scheme = Scheme.DIGEST_MD5,
        session_limit: int = 4,
        films: Library | None = None,
        join: Join = Join.AT_ONCE,
    ) -> CameraServer:
        host = f"{BASE}.250.{next(hosts) % 250 + 1}"
        plan = CameraPlan(
            host=host,
            port=free_port(host),
            path="/cam/realmonitor?channel=1&subtype=1",
            control="trackID=1",
            server="Test Camera",
            scheme=scheme,
            credentials=KEY,
            codec=codec,
            scene=Scene.LANE,
            session_limit=session_limit,
            join=join,
        )
        cameras.append(CameraServer(plan, films or clips, Served()))
        return cameras[-1]

    yield make
    for camera in cameras:
        camera.close()
