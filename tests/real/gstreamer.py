"""How the tests start GStreamer's RTSP server and what they know about it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from monitor.model import Codec, Credentials, Secret
from tests.addresses import free_port
from tests.programs import missing, program
from tests.real.servers import Server

PYTHON = "/usr/bin/python3"  # the one for which Debian packages the GStreamer bindings
SCRIPT = Path(__file__).with_name("gst_server.py")
KEY = Credentials("admin", Secret("p@ss: /1%"))


@dataclass(frozen=True, slots=True)
class Mount:
    """A stream as the server was told to make it."""

    path: str
    codec: Codec
    width: int
    height: int


STREAMS = (
    Mount("h264", Codec.H264, 640, 360),
    Mount("h265", Codec.H265, 480, 272),
    Mount("mjpeg", Codec.MJPEG, 320, 240),
)


def gst_server(folder: Path, *options: str) -> Server:
    """A server that is not started yet; skips where GStreamer is not installed."""
    _require_bindings(program(PYTHON))
    port = free_port()
    login = ("--user", KEY.username, "--password", KEY.password.reveal())
    return Server((PYTHON, str(SCRIPT), "--port", str(port), *login, *options), port, folder / f"gstreamer-{port}.log")


def _require_bindings(python: str) -> None:
    complaint = _complaint(python)
    if complaint:
        missing(f"GStreamer's RTSP server is not installed: {complaint}")


@cache
def _complaint(python: str) -> str:
    attempt = subprocess.run((python, str(SCRIPT), "--help"), capture_output=True, text=True, timeout=60, check=False)
    return "" if attempt.returncode == 0 else attempt.stderr.strip().rpartition("\n")[2]
