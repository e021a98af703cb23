"""The prober as the monitor runs it, and one GStreamer server for all tests that do it no harm."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from monitor.clock import SystemClock
from monitor.probes.camera import CameraProber
from monitor.probes.decoders import Decoders
from monitor.probes.rtsp import RtspLimits
from tests.real.gstreamer import gst_server
from tests.real.servers import Server, borrowed

# Generous where a good answer is awaited: the machine may be busy.
PATIENT = RtspLimits(reply=timedelta(seconds=15), first_rtp=timedelta(seconds=15), total=timedelta(seconds=40))


@pytest.fixture
def prober() -> Iterator[CameraProber]:
    with Decoders(1) as decoders:
        yield CameraProber(PATIENT, SystemClock(), decoders)


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = gst_server(tmp_path_factory.mktemp("gstreamer"))
    yield server
    server.kill()


@pytest.fixture
def server(shared_server: Server) -> Iterator[Server]:
    with borrowed(shared_server):
        yield shared_server
