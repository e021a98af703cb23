"""The peers, each set as its experts would set it for one picture: several settings, of which the best one counts.

Every setting gets the stream over TCP, one decoding thread and the same time for the key frame as we do. A probe
returns nothing and raises ``NoPicture`` (or its library's error) when there was none.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote, urlsplit

from monitor.errors import SharpEyesError
from monitor.model import Credentials
from tests.bench import proc

PATIENCE = 20  # seconds for one probe, as ours has
FRAME = re.compile(rb"frame=\s*[1-9]")

Probe = Callable[[str], None]


class NoPicture(Exception):
    """The peer came back without what it was to prove."""


# OpenCV reads its options from the environment; what the demuxer does not know is given to the decoder.
OPENCV_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "small probe, key frames only": "rtsp_transport;tcp|probesize;32|analyzeduration;0|fflags;nobuffer"
        "|fpsprobesize;0|skip_frame;nokey|skip_loop_filter;all",
        "no analysis": "rtsp_transport;tcp|analyzeduration;0|fflags;nobuffer|fpsprobesize;0",
        "64 kB probe, low delay": "rtsp_transport;tcp|probesize;65536|analyzeduration;200000|fflags;nobuffer"
        "|flags;low_delay",
    }
)
PYAV_SETTINGS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "smallest probe": {"probesize": "32", "analyzeduration": "0", "fflags": "nobuffer", "fpsprobesize": "0"},
        "no analysis": {"analyzeduration": "0", "fflags": "nobuffer", "fpsprobesize": "0"},
        "no analysis, key frames while probing": {
            "probesize": "32",
            "analyzeduration": "0",
            "fpsprobesize": "0",
            "skip_frame": "nokey",
            "skip_loop_filter": "all",
        },
    }
)
FFMPEG_SETTINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "smallest probe, no buffer": (
            *("-probesize", "32", "-analyzeduration", "0", "-fpsprobesize", "0", "-fflags", "nobuffer"),
            *("-skip_frame", "nokey"),
        ),
        "no analysis": ("-analyzeduration", "0", "-fflags", "nobuffer", "-skip_frame", "nokey"),
        "smallest probe, no loop filter": (
            *("-probesize", "32", "-analyzeduration", "0", "-fpsprobesize", "0"),
            *("-skip_frame", "nokey", "-skip_loop_filter", "all"),
        ),
    }
)


def with_login(url: str, login: Credentials | None) -> str:
    """The URL as these programs want it, user and password inside."""
    if login is None:
        return url
    parts = urlsplit(url)
    userinfo = f"{quote(login.username, safe='')}:{quote(login.password.reveal(), safe='')}"
    return parts._replace(netloc=f"{userinfo}@{parts.netloc}").geturl()


def opencv(setting: str) -> Probe:
    """OpenCV's FFmpeg backend. The setting holds for the whole process."""
    os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = OPENCV_SETTINGS[setting]
    os.environ["OPENCV_LOG_LEVEL"] = "SILENT"
    os.environ["OPENCV_FFMPEG_LOGLEVEL"] = "-8"
    import cv2

    cv2.setNumThreads(1)
    parameters = [
        *(cv2.CAP_PROP_N_THREADS, 1),
        *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, PATIENCE * 1000),
        *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, PATIENCE * 1000),
    ]

    def probe(url: str) -> None:
        capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG, parameters)
        try:
            got, picture = capture.read()
            if not got or not picture.size:
                raise NoPicture("read() gave no picture")
        finally:
            capture.release()

    return probe


def pyav(setting: str) -> Probe:
    """PyAV: only key frames reach the decoder."""
    import av
    import av.logging

    av.logging.set_level(None)
    options = {"rtsp_transport": "tcp", **PYAV_SETTINGS[setting]}

    def probe(url: str) -> None:
        with av.open(url, options=options, timeout=float(PATIENCE)) as container:
            stream = container.streams.video[0]
            decoder = stream.codec_context
            decoder.thread_count = 1
            decoder.skip_frame = "NONKEY"
            decoder.options = {"skip_loop_filter": "all"}
            if next(container.decode(stream), None) is None:
                raise NoPicture("the stream ended")

    return probe


def ffmpeg(setting: str) -> Probe:
    """One process for each picture; it is decoded and thrown away."""
    before = (
        *("ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-stats", "-filter_threads", "1"),
        *("-rtsp_transport", "tcp", "-timeout", str(PATIENCE * 1_000_000), "-threads", "1"),
    )
    after = ("-an", "-sn", "-dn", "-frames:v", "1", "-vsync", "passthrough", "-f", "null", "-")

    def probe(url: str) -> None:
        done = subprocess.run(
            (*before, *FFMPEG_SETTINGS[setting], "-i", url, *after),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=PATIENCE + 10,
            check=False,
        )
        if done.returncode or not FRAME.search(done.stderr):
            raise NoPicture(done.stderr.decode("utf-8", "replace").strip()[-200:] or "no frame")

    return probe


BLACKBOX = "prometheus-blackbox-exporter"
MODULE = """\
modules:
  rtsp_options:
    prober: tcp
    timeout: 20s
    tcp:
      query_response:
        - send: "OPTIONS * RTSP/1.0\\r"
        - send: "CSeq: 1\\r"
        - send: "\\r"
        - expect: "^RTSP/1.0 200 OK"
"""


class Blackbox:
    """The exporter as a process of its own; who asks it over HTTP is not part of its cost."""

    def __init__(self, address: str, process: subprocess.Popen[bytes]) -> None:
        self._address = address
        self._process = process

    def cpu_seconds(self) -> float:
        """Of the exporter so far."""
        return proc.exact_cpu_seconds_of(self._process.pid)

    def probe(self, url: str) -> None:
        """Ask it to ask the device of this URL."""
        target = urlsplit(url).netloc.rpartition("@")[2]
        query = f"http://{self._address}/probe?module=rtsp_options&target={target}"
        with urllib.request.urlopen(query, timeout=PATIENCE + 10) as answer:
            if b"\nprobe_success 1\n" not in answer.read():
                raise NoPicture("probe_success 0")


@contextmanager
def blackbox(folder: Path) -> Iterator[Blackbox]:
    """Running, with the module that asks OPTIONS. SharpEyesError when it is not installed or does not start."""
    config = folder / "blackbox.yml"
    config.write_text(MODULE, "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = (BLACKBOX, f"--config.file={config}", f"--web.listen-address={address}", "--log.level=error")
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    except OSError as error:
        raise SharpEyesError(f"{BLACKBOX} is not installed: sh scripts/system-packages bench") from error
    with process:
        try:
            _await(address, process)
            yield Blackbox(address, process)
        finally:
            process.terminate()


def _await(address: str, process: subprocess.Popen[bytes]) -> None:
    host, _, port = address.partition(":")
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as attempt:
            if attempt.connect_ex((host, int(port))) == 0:
                assert process.stderr is not None
                threading.Thread(target=process.stderr.read, daemon=True).start()  # so that it never waits for us
                return
        time.sleep(0.05)
    raise SharpEyesError(f"{BLACKBOX} did not start")
