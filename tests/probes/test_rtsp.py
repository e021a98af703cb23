"""The transport against a scripted device: every cause the wire and the clock decide, and good manners."""

from __future__ import annotations

import asyncio
import gc
import re
import shutil
import socket
import ssl
import subprocess
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import uvloop

from monitor.clock import SystemClock
from monitor.model import Cause, Codec, Credentials, Rung, Secret, Stage
from monitor.probes import dialling
from monitor.probes.conversation import SESSION_WAIT, TEARDOWN_WAIT
from monitor.probes.dialling import NoRoute, failure
from monitor.probes.gathering import BEAT
from monitor.probes.rtsp import Fetched, RtspLimits, fetch_keyframe
from monitor.settings.values import LimitSettings
from tests.addresses import free_port
from tests.probes.device import SDP, Line, Script, camera, device
from tests.rtsp.footage import coded, decoded, packets

PERSON = Credentials("admin", Secret("open sesame"))
DIGEST = 'WWW-Authenticate: Digest realm="cam", nonce="abc", qop="auth"'
MOMENT = timedelta(milliseconds=150)
QUICK_REPLY = RtspLimits(reply=MOMENT)
QUICK_MEDIA = RtspLimits(first_rtp=MOMENT)
QUICK_KEYFRAME = RtspLimits(first_rtp=MOMENT, keyframe=2 * MOMENT)
FOOTAGE = packets(Codec.H264, coded(Codec.H264))
NO_KEY = packets(Codec.H264, coded(Codec.H264)[1:])


async def fetch(
    url: str,
    credentials: Credentials | None = None,
    limits: RtspLimits = RtspLimits(),  # noqa: B008 - a frozen value
    *,
    may_authenticate: bool = True,
    certificate: str = "accept",
    transcript: bool = False,
) -> Fetched:
    return await fetch_keyframe(
        url,
        credentials,
        limits=limits,
        clock=SystemClock(),
        may_authenticate=may_authenticate,
        certificate=certificate,
        transcript=transcript,
    )


def outcome(fetched: Fetched) -> tuple[Cause, Stage, Rung]:
    return fetched.cause, fetched.stage, fetched.rung


def open_files() -> int:
    """How many files and sockets this process holds."""
    return len(list(Path("/proc/self/fd").iterdir()))


async def play_and_stop(line: Line) -> None:
    await line.until_play()
    await line.stream(NO_KEY)
    await line.until_closed()


# ---------------------------------------------------------------- a good device


def test_a_key_frame_is_fetched_and_the_session_ended() -> None:
    async def run() -> None:
        async with device(camera) as cam:
            fetched = await fetch(cam.url)
            assert outcome(fetched) == (Cause.OK, Stage.KEYFRAME, Rung.KEYFRAME)
            assert fetched.keyframe is not None
            assert decoded(Codec.H264, fetched.keyframe.data).shape == (176, 320)
            assert fetched.codec is Codec.H264
            assert fetched.received_bytes > len(fetched.keyframe.data)
            assert fetched.transcript == ()
            assert [time.stage for time in fetched.stages] == [
                Stage.DNS, Stage.TCP, Stage.DESCRIBE, Stage.SDP, Stage.SETUP, Stage.PLAY, Stage.FIRST_RTP,
                Stage.KEYFRAME, Stage.TEARDOWN,
            ]  # fmt: skip
            spent = sum((time.took for time in fetched.stages if time.stage is not Stage.TEARDOWN), timedelta(0))
            assert abs(spent - fetched.took) < timedelta(milliseconds=20)
            async with asyncio.timeout(5):
                await cam.closed.wait()
            assert cam.methods == ["DESCRIBE", "SETUP", "PLAY", "TEARDOWN"]

    for loop_factory in (asyncio.new_event_loop, uvloop.new_event_loop):
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            runner.run(run())


async def test_after_pictures_that_gathered_neither_key_frame_nor_farewell_waits() -> None:
    between: list[float] = []
    key, *others = coded(Codec.H264, 1280, 720)
    before, footage = len(packets(Codec.H264, tuple(others))), packets(Codec.H264, (*others, key))

    async def live(line: Line) -> None:
        loop = asyncio.get_running_loop()
        await line.until_play()
        await line.stream(footage[:before])
        await SystemClock().sleep(timedelta(seconds=BEAT / 2))
        await line.stream(footage[before:])
        began = loop.time()
        await line.until_teardown()
        between.append(loop.time() - began)
        await line.until_closed()

    async with device(live) as cam:
        fetched = await fetch(cam.url)
    assert fetched.cause is Cause.OK
    (farewell,) = [time.took for time in fetched.stages if time.stage is Stage.TEARDOWN]
    assert farewell.total_seconds() < BEAT / 2
    assert between[0] < BEAT


async def test_credentials_go_out_as_a_digest() -> None:
    async def guarded(line: Line) -> None:
        await line.answer("401 Unauthorized", DIGEST, body=b"<html>")
        await camera(line)

    async with device(guarded) as cam:
        fetched = await fetch(cam.url, PERSON, transcript=True)
        assert fetched.cause is Cause.OK
        assert Stage.AUTH in [time.stage for time in fetched.stages]
        assert all(asked.headers.get("Authorization").startswith("Digest ") for asked in cam.asked[1:])
        text = "\n".join(fetched.transcript)
        assert "* connecting to 127.0.0.1" in text
        assert "> Authorization: Digest ***" in text
        assert re.search(r"^ +[0-9.]+ ms  < RTSP 401 Unauthorized$", text, re.MULTILINE)
        response = re.findall('response="(\\w+)"', cam.asked[1].headers.get("Authorization"))[0]
        assert not [secret for secret in ("sesame", response) if secret in text + repr(fetched)]


async def test_a_device_silent_after_teardown_is_no_failure() -> None:
    async def rude(line: Line) -> None:
        await line.until_play()
        await line.stream(FOOTAGE)
        await line.until_closed()

    async with device(rude) as cam:
        fetched = await fetch(cam.url)
        assert fetched.cause is Cause.OK
        assert fetched.stages[-1].stage is Stage.TEARDOWN
        assert timedelta(seconds=TEARDOWN_WAIT / 2) < fetched.stages[-1].took < timedelta(seconds=1)


async def test_a_device_that_keeps_streaming_after_teardown_is_drained_and_left() -> None:
    async def endless(line: Line) -> None:
        await line.until_play()
        while True:
            await line.stream(FOOTAGE)

    async with device(endless) as cam:
        assert (await fetch(cam.url)).cause is Cause.OK
        async with asyncio.timeout(5):
            await cam.closed.wait()


# ---------------------------------------------------------------- no connection


async def test_a_closed_port_refuses() -> None:
    fetched = await fetch(f"rtsp://127.0.0.1:{free_port()}/x")
    assert outcome(fetched) == (Cause.TCP_REFUSED, Stage.TCP, Rung.NONE)
    assert [time.stage for time in fetched.stages] == [Stage.DNS, Stage.TCP]


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 64])
async def test_a_name_nobody_knows(host: str) -> None:
    assert outcome(await fetch(f"rtsp://{host}/x")) == (Cause.DNS_FAILED, Stage.DNS, Rung.NONE)


async def test_nobody_answers_the_call() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        taken = [socket.socket() for _ in range(4)]
        for one in taken:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        fetched = await fetch(f"rtsp://127.0.0.1:{full.getsockname()[1]}/x", limits=RtspLimits(connect=MOMENT))
        assert outcome(fetched) == (Cause.TCP_TIMEOUT, Stage.TCP, Rung.NONE)
        for one in taken:
            one.close()


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (OSError(113, "No route to host"), Cause.TCP_UNREACHABLE),
        (OSError(101, "Network is unreachable"), Cause.TCP_UNREACHABLE),
        (NoRoute(101, "Network is unreachable: this machine knows no way there"), Cause.NO_LOCAL_NETWORK),
        (OSError(99, "Cannot assign requested address"), Cause.NO_LOCAL_NETWORK),
        (OSError(24, "Too many open files"), Cause.NO_LOCAL_NETWORK),
        (ConnectionResetError(104, "Connection reset by peer"), Cause.CONNECTION_CLOSED),
        (TimeoutError(110, "Connection timed out"), Cause.TCP_TIMEOUT),
        (ConnectionRefusedError(111, "Connection refused"), Cause.TCP_REFUSED),
    ],
)
def test_what_the_network_says_has_its_cause(error: OSError, cause: Cause) -> None:
    assert failure(Stage.TCP, error).cause is cause


async def test_a_url_nobody_can_dial_is_our_own_fault() -> None:
    fetched = await fetch("http://127.0.0.1/")
    assert fetched.cause is Cause.MONITOR_ERROR
    assert "rtsp://" in fetched.detail


# ---------------------------------------------------------------- TLS


@dataclass(frozen=True)
class Identity:
    """A self-signed certificate, as cameras have them."""

    context: ssl.SSLContext
    file: Path
    pin: str


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder: Path = tmp_path_factory.mktemp("tls")
    key, file = folder / "key", folder / "cert"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=cam"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command, *names, "-keyout", str(key), "-out", str(file)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return Identity(context, file, f"sha256:{sha256(ssl.PEM_cert_to_DER_cert(file.read_text())).hexdigest()}")


def test_a_self_signed_device_is_watched_over_tls(identity: Identity) -> None:
    async def run() -> None:
        async with device(camera, identity.context) as cam:
            for certificate in ("accept", identity.pin, identity.pin.upper().replace("SHA", "sha")):
                fetched = await fetch(cam.url, certificate=certificate)
                assert fetched.cause is Cause.OK
                assert [time.stage for time in fetched.stages][:3] == [Stage.DNS, Stage.TCP, Stage.TLS]
                async with asyncio.timeout(5):
                    await cam.closed.wait()

    for loop_factory in (asyncio.new_event_loop, uvloop.new_event_loop):
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            runner.run(run())


def test_another_certificate_than_the_one_asked_for_is_refused_before_anything_is_said(identity: Identity) -> None:
    async def run() -> None:
        async with device(camera, identity.context) as cam:
            unsigned = await fetch(cam.url, PERSON, certificate="verify")
            unpinned = await fetch(cam.url, PERSON, certificate="sha256:" + "0" * 64)
            for fetched in (unsigned, unpinned):
                assert outcome(fetched) == (Cause.CERTIFICATE_REFUSED, Stage.TLS, Rung.REACH)
            assert identity.pin in unpinned.detail
            assert cam.asked == []

    for loop_factory in (asyncio.new_event_loop, uvloop.new_event_loop):
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            runner.run(run())


async def test_a_certificate_this_machine_trusts_is_verified(
    identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(identity.file))
    dialling._strict_tls.cache_clear()
    async with device(camera, identity.context) as cam:
        assert (await fetch(cam.url, certificate="verify")).cause is Cause.OK
        named = cam.url.replace("127.0.0.1", "localhost")
        assert (await fetch(named, certificate="verify")).cause is Cause.CERTIFICATE_REFUSED
    dialling._strict_tls.cache_clear()


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
async def test_a_camera_of_ten_years_ago_is_not_blamed_for_its_tls(identity: Identity) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    old.load_cert_chain(identity.file, identity.file.with_name("key"))
    old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("DEFAULT:@SECLEVEL=0")
    async with device(camera, old) as cam:
        assert (await fetch(cam.url)).cause is Cause.OK
        assert (await fetch(cam.url, certificate="verify")).cause is Cause.TLS_FAILED


async def test_a_device_without_tls_fails_the_handshake() -> None:
    async def plain(line: Line) -> None:
        await line.reader.read(10)
        line.writer.write(b"RTSP/1.0 400 Bad Request\r\n\r\n")

    async def shut(line: Line) -> None:
        await line.reader.read(10)

    async def mute(line: Line) -> None:
        await line.until_closed()

    for script in (plain, shut, mute):
        async with device(script) as cam:
            fetched = await fetch(cam.url.replace("rtsp:", "rtsps:"), limits=RtspLimits(connect=3 * MOMENT))
            assert outcome(fetched) == (Cause.TLS_FAILED, Stage.TLS, Rung.REACH)


# ---------------------------------------------------------------- time


async def mute_from_the_start(line: Line) -> None:
    await line.until_closed()


async def mute_after_describe(line: Line) -> None:
    await line.answer(body=b"m=video 0 RTP/AVP 26\r\n")
    await line.until_closed()


async def mute_after_play(line: Line) -> None:
    await line.until_play()
    await line.until_closed()


async def never_a_key_frame(line: Line) -> None:
    await line.until_play()
    number = 0
    while True:
        await line.stream(packets(Codec.H264, coded(Codec.H264)[1:2], first=number))
        number += 1
        await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("script", "limits", "expected"),
    [
        (mute_from_the_start, QUICK_REPLY, (Cause.NO_REPLY, Stage.DESCRIBE, Rung.REACH)),
        (mute_after_describe, QUICK_REPLY, (Cause.NO_REPLY, Stage.SETUP, Rung.RTSP)),
        (mute_after_play, QUICK_MEDIA, (Cause.NO_MEDIA, Stage.FIRST_RTP, Rung.RTSP)),
        (play_and_stop, QUICK_KEYFRAME, (Cause.STREAM_STALLED, Stage.KEYFRAME, Rung.STREAM)),
        (never_a_key_frame, QUICK_KEYFRAME, (Cause.NO_KEYFRAME, Stage.KEYFRAME, Rung.STREAM)),
    ],
)
async def test_every_stage_has_its_limit(
    script: Script, limits: RtspLimits, expected: tuple[Cause, Stage, Rung]
) -> None:
    async with device(script) as cam:
        assert outcome(await fetch(cam.url, limits=limits)) == expected


async def test_a_trickle_of_bytes_does_not_stretch_the_limit() -> None:
    async def trickle(line: Line) -> None:
        while True:
            line.writer.write(b"R" if line.asked else b"\r\n")
            await line.writer.drain()
            await asyncio.sleep(0.01)

    async with device(trickle) as cam:
        fetched = await fetch(cam.url, limits=QUICK_REPLY)
        assert fetched.cause is Cause.NO_REPLY
        assert fetched.took < timedelta(seconds=2)


async def test_questions_of_the_device_do_not_stretch_the_limit() -> None:
    async def curious(line: Line) -> None:
        await line.until_play()
        while True:
            line.writer.write(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n")
            await line.writer.drain()
            await asyncio.sleep(0.01)

    async with device(curious) as cam:
        fetched = await fetch(cam.url, limits=QUICK_MEDIA)
        assert fetched.cause is Cause.NO_MEDIA
        assert fetched.took < timedelta(seconds=2)


async def test_the_whole_has_a_limit_of_its_own() -> None:
    async with device(never_a_key_frame) as cam:
        fetched = await fetch(cam.url, limits=RtspLimits(total=4 * MOMENT))
        assert fetched.cause is Cause.NO_KEYFRAME
        assert fetched.took < timedelta(seconds=2)


# ---------------------------------------------------------------- ends


async def closes_after_reading(line: Line) -> None:
    await line.read()


async def closes_after_describe(line: Line) -> None:
    await line.answer(body=b"m=video 0 RTP/AVP 26\r\n")


async def closes_in_the_stream(line: Line) -> None:
    await line.until_play()
    await line.stream(NO_KEY)


async def resets(line: Line) -> None:
    await line.read()
    line.writer.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    line.writer.transport.abort()


@pytest.mark.parametrize(
    ("script", "expected", "connections"),
    [
        (closes_after_reading, (Cause.EMPTY_REPLY, Stage.DESCRIBE, Rung.REACH), 2),
        (resets, (Cause.CONNECTION_RESET, Stage.DESCRIBE, Rung.REACH), 2),
        (closes_after_describe, (Cause.DEVICE_BUSY, Stage.SETUP, Rung.RTSP), 1),
        (closes_in_the_stream, (Cause.STREAM_STALLED, Stage.KEYFRAME, Rung.STREAM), 1),
    ],
)
async def test_a_close_is_told_from_silence(
    script: Script, expected: tuple[Cause, Stage, Rung], connections: int
) -> None:
    async with device(script) as cam:
        assert outcome(await fetch(cam.url)) == expected
        assert cam.connections == connections


async def test_a_close_after_the_challenge_is_answered_over_a_new_connection() -> None:
    async def closing(line: Line) -> None:
        if line.number == 1:
            await line.answer("401 Unauthorized", DIGEST)
        else:
            await camera(line)

    async with device(closing) as cam:
        assert (await fetch(cam.url, PERSON)).cause is Cause.OK
        assert cam.connections == 2


async def test_a_wrong_password_goes_out_once() -> None:
    async def strict(line: Line) -> None:
        while True:
            await line.answer("401 Unauthorized", DIGEST)

    async with device(strict) as cam:
        fetched = await fetch(cam.url, PERSON)
        assert outcome(fetched) == (Cause.CREDENTIALS_REFUSED, Stage.AUTH, Rung.RTSP)
        assert fetched.credentials_refused
        assert cam.connections == 1
        assert sum(bool(asked.headers.get("Authorization")) for asked in cam.asked) == 1
        paused = await fetch(cam.url, PERSON, may_authenticate=False)
        assert (paused.cause, paused.credentials_refused) == (Cause.CREDENTIALS_REFUSED, False)
        assert sum(bool(asked.headers.get("Authorization")) for asked in cam.asked) == 1


async def test_a_redirect_leads_to_another_device() -> None:
    async with device(camera) as there:

        async def moved(line: Line) -> None:
            await line.answer("302 Moved", f"Location: {there.url}")
            await line.until_closed()

        async with device(moved) as here:
            fetched = await fetch(here.url)
            assert fetched.cause is Cause.OK
            assert [time.stage for time in fetched.stages].count(Stage.TCP) == 1
            async with asyncio.timeout(5):
                await here.closed.wait()


async def test_a_redirect_to_nobody_keeps_what_was_reached() -> None:
    async def moved(line: Line) -> None:
        await line.answer("302 Moved", f"Location: rtsp://127.0.0.1:{free_port()}/")

    async with device(moved) as cam:
        assert outcome(await fetch(cam.url)) == (Cause.TCP_REFUSED, Stage.TCP, Rung.RTSP)


@pytest.mark.parametrize("greeting", [b"SSH-2.0-dropbear\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
async def test_another_protocol_on_the_port_is_named(greeting: bytes) -> None:
    async def other(line: Line) -> None:
        line.writer.write(greeting)
        await line.until_closed()

    async with device(other) as cam:
        assert (await fetch(cam.url, limits=QUICK_REPLY)).cause is Cause.NOT_RTSP


async def test_more_bytes_than_a_probe_may_take_end_it() -> None:
    async with device(never_a_key_frame) as cam:
        limits = RtspLimits(max_bytes=20_000)
        assert outcome(await fetch(cam.url, limits=limits)) == (Cause.OVER_BUDGET, Stage.KEYFRAME, Rung.STREAM)
    async with device(camera) as cam:
        assert (await fetch(cam.url, limits=RtspLimits(max_keyframe_bytes=1000))).cause is Cause.OVER_BUDGET


def test_the_key_frames_of_all_probes_in_flight_fit_into_a_small_server() -> None:
    assert LimitSettings().in_flight * RtspLimits().max_keyframe_bytes <= 1_000_000_000
    assert RtspLimits().max_keyframe_bytes > 2_000_000  # what 4K takes


async def test_cancelling_closes_the_connection_and_says_goodbye() -> None:
    playing = asyncio.Event()

    async def watched(line: Line) -> None:
        await line.until_play()
        await line.stream(NO_KEY)
        playing.set()
        await line.until_teardown()
        await line.until_closed()

    async with device(watched) as cam:
        probing = asyncio.get_running_loop().create_task(fetch(cam.url))
        async with asyncio.timeout(5):
            await playing.wait()
            probing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await probing
            await cam.closed.wait()
        assert cam.methods[-1] == "TEARDOWN"


async def test_a_device_with_one_session_is_given_time_to_end_it_before_the_next() -> None:
    open_sessions = 0

    async def slow_to_end(line: Line) -> None:
        nonlocal open_sessions
        await line.answer(body=SDP)
        asked = await line.read()
        if open_sessions:
            await line.reply("453 Not Enough Bandwidth")
            return
        if line.number == 1:  # it has no way but UDP, and says so by its answer
            open_sessions += 1
            await line.reply("200 OK", "Session: 1", "Transport: RTP/AVP;unicast;client_port=0-1;server_port=6000-6001")
            await line.read()
            await asyncio.sleep(0.1)
            open_sessions -= 1
            await line.reply()
            return
        assert "client_port" in asked.headers.get("Transport")
        await line.reply("404 Not Found")

    async with device(slow_to_end) as cam:
        fetched = await fetch(cam.url)
        assert cam.methods == ["DESCRIBE", "SETUP", "TEARDOWN", "DESCRIBE", "SETUP"]
    assert fetched.cause is Cause.TRACK_NOT_FOUND


async def test_a_device_that_never_ends_its_session_is_not_waited_for() -> None:
    async def mute(line: Line) -> None:
        await line.answer(body=SDP)
        if line.number == 1:
            await line.answer(
                "200 OK", "Session: 1", "Transport: RTP/AVP;unicast;client_port=0-1;server_port=6000-6001"
            )
            await line.until_closed()
        else:
            await line.answer("404 Not Found")

    async with device(mute) as cam:
        fetched = await fetch(cam.url)
        assert cam.methods == ["DESCRIBE", "SETUP", "DESCRIBE", "SETUP"]  # what nobody read is TEARDOWN
    assert fetched.cause is Cause.TRACK_NOT_FOUND
    assert timedelta(seconds=SESSION_WAIT) < fetched.took < timedelta(seconds=4)


async def test_probes_leave_no_socket_behind() -> None:
    async with device(camera) as cam, device(closes_after_describe) as other:
        before = open_files()
        for url in (cam.url, other.url, f"rtsp://127.0.0.1:{free_port()}/", cam.url):
            await fetch(url)
        async with asyncio.timeout(5):
            await asyncio.gather(cam.closed.wait(), other.closed.wait())
            while open_files() > before:  # noqa: ASYNC110 - sockets close one turn later
                await asyncio.sleep(0)


@pytest.mark.parametrize("script", [camera, closes_after_describe, closes_in_the_stream, resets, mute_after_play])
async def test_a_probe_leaves_no_cycle_for_the_collector(script: Script) -> None:
    async with device(script) as cam:
        await fetch(cam.url, limits=QUICK_MEDIA)
        gc.collect()
        gc.disable()
        try:
            await fetch(cam.url, limits=QUICK_MEDIA)
            await fetch(f"rtsp://127.0.0.1:{free_port()}/", limits=QUICK_MEDIA)
            async with asyncio.timeout(5):
                await cam.closed.wait()
            gc.set_debug(gc.DEBUG_SAVEALL)
            gc.collect()
            left = [found for found in gc.garbage if type(found).__module__.startswith("monitor.")]
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
            gc.enable()
    assert not left
