"""VLC as an odd camera: UDP only, Basic only, a 401 without CSeq and with a web page, ``Cseq`` in other answers.

It refuses TCP, so it is watched over UDP; and each of its refusals is named for what it is.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from monitor.model import Ask, Cause, Credentials, Result, Rung, Secret, Stage
from monitor.probes.camera import CameraProber
from tests.addresses import free_port
from tests.metrics.town import camera
from tests.programs import program
from tests.real.servers import Server, borrowed
from tests.real.tap import Tap, tapped

pytestmark = pytest.mark.real

KEY = Credentials("admin", Secret("secret"))
WRONG = Credentials("admin", Secret("guessed"))
NOBODY = 65534


@pytest.fixture(scope="module")
def shared_vlc() -> Iterator[Server]:
    """A film in a loop. VLC refuses to run as root, and nobody can look into the folders pytest makes for root."""
    cvlc, ffmpeg = program("cvlc"), program("ffmpeg")
    with TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        film = ("-f", "lavfi", "-i", "testsrc=size=320x240:rate=15:duration=4", "-c:v", "libx264", folder / "film.mp4")
        subprocess.run((ffmpeg, "-v", "error", *film), check=True, timeout=30)
        out = f"#rtp{{sdp=rtsp://127.0.0.1:{port}/film}}"
        login = ("--sout-rtsp-user", KEY.username, "--sout-rtsp-pwd", KEY.password.reveal())
        command = (cvlc, "-q", str(folder / "film.mp4"), "--loop", "--sout", out, *login)
        user = None
        if os.geteuid() == 0:
            user = NOBODY
            os.chown(folder, NOBODY, NOBODY)
        server = Server(command, port, folder / "vlc.log", {"HOME": name}, user)
        yield server
        server.kill()


@pytest.fixture
def vlc(shared_vlc: Server) -> Iterator[Server]:
    with borrowed(shared_vlc):
        yield shared_vlc


async def ask(prober: CameraProber, tap: Tap, credentials: Credentials | None, path: str = "film") -> Result:
    watched = camera(url=f"rtsp://127.0.0.1:{tap.port}/{path}")
    return await prober.probe(Ask(watched, datetime.now(UTC), credentials=credentials), lambda: None)


async def test_a_server_that_only_speaks_udp_is_watched_by_it(vlc: Server, prober: CameraProber) -> None:
    async with asyncio.timeout(10):
        result = await asked_when_ready(vlc, prober)
    assert (result.cause, result.rung, result.stage) == (Cause.OK, Rung.PICTURE, Stage.PICTURE), result


async def asked_when_ready(vlc: Server, prober: CameraProber) -> Result:
    """VLC answers 500 until its film runs."""
    while True:
        async with tapped(vlc.port) as tap:
            result = await ask(prober, tap, KEY)
        if result.cause is not Cause.SERVER_ERROR:
            assert b"461" in tap.answered
            refusal, _, answers = tap.answered.partition(b"</html>")
            assert b"CSeq" not in refusal
            assert b"Cseq: 2" in answers
            return result
        await asyncio.sleep(0.1)


async def test_a_wrong_password_is_tried_exactly_once(vlc: Server, prober: CameraProber) -> None:
    async with tapped(vlc.port) as tap:
        result = await ask(prober, tap, WRONG)
    assert (result.cause, result.stage) == (Cause.CREDENTIALS_REFUSED, Stage.AUTH), result
    assert tap.logins == 1
    assert WRONG.password.reveal() not in repr(result)


async def test_without_credentials_they_are_missing(vlc: Server, prober: CameraProber) -> None:
    async with tapped(vlc.port) as tap:
        result = await ask(prober, tap, None)
    assert (result.cause, result.stage) == (Cause.CREDENTIALS_MISSING, Stage.AUTH), result
    assert tap.logins == 0


async def test_an_unknown_path_is_told_before_any_password_is_asked_for(vlc: Server, prober: CameraProber) -> None:
    async with tapped(vlc.port) as tap:
        result = await ask(prober, tap, KEY, "nowhere")
    assert (result.cause, result.rung) == (Cause.PATH_NOT_FOUND, Rung.RTSP), result
    assert tap.logins == 0
