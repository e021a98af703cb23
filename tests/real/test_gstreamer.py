"""Cameras made by GStreamer, watched by our prober."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import av
import pytest

from monitor.model import Ask, Camera, Cause, Credentials, Look, Note, Result, Rung, Secret, Stage, Transport
from monitor.picture.verdict import sight_of
from monitor.probes.camera import CameraProber
from tests.metrics.town import camera
from tests.programs import program
from tests.real.gstreamer import KEY, STREAMS, Mount, gst_server
from tests.real.servers import Server, running
from tests.real.tap import tapped

pytestmark = pytest.mark.real

WRONG = Credentials(KEY.username, Secret("not the password"))


def seen_at(port: int, path: str, scheme: str = "rtsp") -> Camera:
    return camera(url=f"{scheme}://127.0.0.1:{port}/{path}")


async def probe(
    prober: CameraProber,
    watched: Camera,
    credentials: Credentials | None = KEY,
    *,
    may_authenticate: bool = True,
    transport: Transport = Transport.TCP,
    after: timedelta = timedelta(0),
) -> Result:
    ask = Ask(
        watched,
        datetime.now(UTC) + after,
        credentials=credentials,
        may_authenticate=may_authenticate,
        transport=transport,
        look=Look.DEMANDED,
    )
    return await prober.probe(ask, lambda: None)


def is_good(result: Result, mount: Mount) -> bool:
    picture = result.picture
    assert (result.cause, result.rung, result.stage) == (Cause.OK, Rung.PICTURE, Stage.PICTURE), result
    assert picture is not None
    assert (result.codec, picture.width, picture.height) == (mount.codec, mount.width, mount.height)
    assert picture.findings
    assert not any(finding.faulty for finding in picture.findings)
    return True


# ---------------------------------------------------------------- what is seen


@pytest.mark.parametrize("mount", STREAMS, ids=lambda mount: mount.path)
async def test_every_codec_is_watched_up_to_a_good_picture(server: Server, prober: CameraProber, mount: Mount) -> None:
    watched = seen_at(server.port, mount.path)
    first = await probe(prober, watched)
    assert is_good(first, mount)
    assert is_good(await probe(prober, watched, after=timedelta(minutes=1)), mount)
    assert {Stage.AUTH, Stage.SETUP, Stage.PLAY, Stage.KEYFRAME} <= {time.stage for time in first.stages}


async def test_a_picture_that_never_changed_is_suspected_to_be_frozen(server: Server, prober: CameraProber) -> None:
    watched = seen_at(server.port, "still")
    first = await probe(prober, watched)
    assert first.cause is Cause.OK, first
    after = [timedelta(minutes=minute) for minute in range(1, 11)]
    *_, last = [await probe(prober, watched, after=later) for later in after]
    assert last.cause is Cause.OK, "nothing was seen yet that shows what this camera does while it lives"
    assert last.picture is not None
    assert sight_of(last.picture, last.at).noticed == (Cause.PICTURE_FROZEN,)


async def test_the_blue_card_of_an_encoder_without_a_signal_is_told(server: Server, prober: CameraProber) -> None:
    result = await probe(prober, seen_at(server.port, "no-signal"))
    assert (result.cause, result.rung) == (Cause.PICTURE_SINGLE_COLOUR, Rung.KEYFRAME), result


async def test_the_video_is_found_behind_the_sound(server: Server, prober: CameraProber) -> None:
    result = await probe(prober, seen_at(server.port, "sound-first"))
    assert is_good(result, Mount("sound-first", STREAMS[0].codec, 352, 288))


async def test_a_stream_of_sound_alone_has_no_video(server: Server, prober: CameraProber) -> None:
    result = await probe(prober, seen_at(server.port, "sound-only"))
    assert (result.cause, result.stage) == (Cause.NO_VIDEO_TRACK, Stage.SDP), result


async def test_an_unknown_path_is_told_from_everything_else(server: Server, prober: CameraProber) -> None:
    result = await probe(prober, seen_at(server.port, "nowhere"))
    assert (result.cause, result.rung) == (Cause.PATH_NOT_FOUND, Rung.RTSP), result


# ---------------------------------------------------------------- credentials


async def test_the_password_itself_never_goes_over_the_wire(server: Server, prober: CameraProber) -> None:
    async with tapped(server.port) as tap:
        assert is_good(await probe(prober, seen_at(tap.port, "h264")), STREAMS[0])
    assert tap.logins > 0
    assert tap.asked.count(b"\r\nAuthorization: Digest ") == tap.logins
    assert KEY.password.reveal().encode() not in tap.asked
    assert b"\r\n\r\nTEARDOWN " in tap.asked


async def test_a_wrong_password_is_tried_exactly_once(server: Server, prober: CameraProber) -> None:
    async with tapped(server.port) as tap:
        result = await probe(prober, seen_at(tap.port, "h264"), WRONG)
    assert (result.cause, result.stage) == (Cause.CREDENTIALS_REFUSED, Stage.AUTH), result
    assert (tap.logins, tap.answered.count(b" 401 ")) == (1, 2)


async def test_while_the_credentials_rest_they_are_not_sent_at_all(server: Server, prober: CameraProber) -> None:
    async with tapped(server.port) as tap:
        result = await probe(prober, seen_at(tap.port, "h264"), may_authenticate=False)
    assert result.cause is Cause.CREDENTIALS_REFUSED, result
    assert tap.logins == 0


async def test_without_credentials_they_are_missing(server: Server, prober: CameraProber) -> None:
    result = await probe(prober, seen_at(server.port, "h264"), None)
    assert (result.cause, result.stage) == (Cause.CREDENTIALS_MISSING, Stage.AUTH), result


async def test_basic_authentication_works_over_tls(tmp_path: Path, prober: CameraProber) -> None:
    pair = await self_signed(tmp_path)
    with running(gst_server(tmp_path, "--method", "basic", "--certificate", str(pair))) as server:
        watched = seen_at(server.port, "h264", "rtsps")
        good = await probe(prober, watched)
        assert is_good(good, STREAMS[0])
        assert Stage.TLS in {time.stage for time in good.stages}
        assert (await probe(prober, watched, WRONG)).cause is Cause.CREDENTIALS_REFUSED


async def test_a_certificate_is_judged_before_anything_is_asked(tmp_path: Path, prober: CameraProber) -> None:
    pair = await self_signed(tmp_path)
    pin = sha256(ssl.PEM_cert_to_DER_cert("-----BEGIN CERT" + pair.read_text().partition("-----BEGIN CERT")[2]))
    with running(gst_server(tmp_path, "--certificate", str(pair))) as server:
        watched = seen_at(server.port, "h264", "rtsps")
        pinned = replace(watched, certificate=f"sha256:{pin.hexdigest()}")
        assert is_good(await probe(prober, pinned), STREAMS[0])
        for certificate in ("verify", f"sha256:{'0' * 64}"):
            refused = await probe(prober, replace(watched, certificate=certificate))
            assert (refused.cause, refused.stage) == (Cause.CERTIFICATE_REFUSED, Stage.TLS), refused


async def self_signed(folder: Path) -> Path:
    """Key and certificate in one file, as a camera makes them for itself."""
    pair = folder / "camera.pem"
    options = ("-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=camera")
    process = await asyncio.create_subprocess_exec(
        program("openssl"), "req", *options, "-keyout", pair, "-out", "-", stdout=asyncio.subprocess.PIPE
    )
    certificate, _ = await process.communicate()
    with pair.open("ab") as file:
        file.write(certificate)
    return pair


# ---------------------------------------------------------------- datagrams


async def test_a_server_that_sends_datagrams_only_is_watched_by_them(tmp_path: Path, prober: CameraProber) -> None:
    with running(gst_server(tmp_path, "--way", "udp")) as server:
        for mount in STREAMS:
            watched = seen_at(server.port, mount.path)
            async with tapped(server.port) as tap:
                refused_first = await probe(prober, seen_at(tap.port, mount.path))
                assert is_good(refused_first, mount)
                assert refused_first.transport is Transport.UDP
                assert Note.TRANSPORT_CHANGED in refused_first.notes
                assert b"RTSP/1.0 461 " in tap.answered
            async with tapped(server.port) as tap:
                remembered = await probe(prober, seen_at(tap.port, mount.path), transport=Transport.UDP)
                assert is_good(remembered, mount)
                assert b"RTSP/1.0 461 " not in tap.answered
            assert (await probe(prober, watched, WRONG)).cause is Cause.CREDENTIALS_REFUSED


# ---------------------------------------------------------------- sessions


@asynccontextmanager
async def viewer(port: int, path: str) -> AsyncIterator[None]:
    """Somebody else watches, with FFmpeg's client."""
    user, password = (quote(text, safe="") for text in (KEY.username, KEY.password.reveal()))
    url = f"rtsp://{user}:{password}@127.0.0.1:{port}/{path}"
    options = {"rtsp_transport": "tcp", "analyzeduration": "0", "probesize": "32"}
    file = await asyncio.to_thread(av.open, url, options=options, timeout=20)
    try:
        yield
    finally:
        await asyncio.to_thread(file.close)


async def once_free(prober: CameraProber, watched: Camera) -> Result:
    """The first answer of a device that has noticed the end of the session before."""
    async with asyncio.timeout(20):
        while (result := await probe(prober, watched)).cause is Cause.DEVICE_BUSY:  # noqa: ASYNC110  # only asking tells
            await asyncio.sleep(0.05)
    return result


async def test_a_probe_joins_a_stream_that_somebody_else_watches(server: Server, prober: CameraProber) -> None:
    async with viewer(server.port, "shared"):
        for _ in range(3):
            assert is_good(await probe(prober, seen_at(server.port, "shared")), STREAMS[0])


async def test_a_camera_whose_only_session_is_taken_is_busy_and_not_blamed(
    tmp_path: Path, prober: CameraProber
) -> None:
    with running(gst_server(tmp_path, "--sessions", "1")) as server:
        watched = seen_at(server.port, "h264")
        for _ in range(2):  # the second time, it was our own probe that had the session
            async with viewer(server.port, "h264"):
                result = await probe(prober, watched)
                assert (result.cause, result.stage) == (Cause.DEVICE_BUSY, Stage.SETUP), result
            assert is_good(await once_free(prober, watched), STREAMS[0])


# ---------------------------------------------------------------- a server that is gone


async def test_a_killed_server_refuses_a_frozen_one_is_silent_and_each_is_good_again_afterwards(
    tmp_path: Path, prober: CameraProber
) -> None:
    hasty = replace(prober, limits=replace(prober.limits, reply=timedelta(milliseconds=500)))
    with running(gst_server(tmp_path)) as server:
        watched = seen_at(server.port, "h264")
        server.freeze()
        silent = await probe(hasty, watched)
        assert (silent.cause, silent.rung, silent.stage) == (Cause.NO_REPLY, Rung.REACH, Stage.DESCRIBE), silent
        server.thaw()
        assert is_good(await probe(prober, watched), STREAMS[0])
        server.kill()
        refused = await probe(prober, watched)
        assert (refused.cause, refused.rung, refused.stage) == (Cause.TCP_REFUSED, Rung.NONE, Stage.TCP), refused
        server.start()
        assert is_good(await probe(prober, watched), STREAMS[0])
