"""The smallest stream of devices as they are: odd, broken, and quick to lock an account."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.clock import SystemClock
from monitor.model import Cause, Codec, Credentials, Secret
from monitor.probes.dialling import VERIFY
from monitor.probes.http import HttpLimits
from monitor.probes.inspection import StreamFound
from monitor.probes.onvif import OnvifLimits, smallest_stream
from monitor.simulator.onvif_answers import MAIN, MEDIA, MEDIA2, SUB, Offer
from monitor.simulator.onvif_device import PASSWORD, USER, OnvifDevice, Wants, running
from tests.probes.conftest import SelfSigned

PATIENT = OnvifLimits(HttpLimits(timedelta(seconds=10), timedelta(seconds=20)), timedelta(seconds=60))
HASTY = OnvifLimits(HttpLimits(timedelta(seconds=1), timedelta(seconds=0.4)), timedelta(seconds=20))
ADMIN = Credentials(USER, Secret(PASSWORD))
WRONG = Credentials(USER, Secret("guess"))


async def found_at(
    device: OnvifDevice,
    credentials: Credentials | None = ADMIN,
    limits: OnvifLimits = PATIENT,
    *,
    may_authenticate: bool = True,
) -> StreamFound:
    async with running(device):
        return await smallest_stream(
            device.address, credentials, clock=SystemClock(), limits=limits, may_authenticate=may_authenticate
        )


SUB_URL = "rtsp://127.0.0.1:8554/sub?a=1&b=2"


@pytest.mark.parametrize("wants", Wants)
async def test_the_smallest_stream_is_found_whatever_form_the_password_must_have(wants: Wants) -> None:
    device = OnvifDevice(wants=wants)
    found = await found_at(device)
    assert (found.url, found.width, found.height, found.codec) == (SUB_URL, 640, 360, Codec.H264)
    assert (found.cause, found.detail, found.credentials_refused) == (Cause.OK, "", False)


async def test_a_device_that_asks_for_nothing_is_shown_nothing() -> None:
    device = OnvifDevice(wants=Wants.NOTHING)
    await found_at(device)
    assert device.signed == 0


@pytest.mark.parametrize("wants", [Wants.TOKEN, Wants.MD5])
async def test_only_one_form_of_the_password_is_ever_sent(wants: Wants) -> None:
    device = OnvifDevice(wants=wants)
    await found_at(device)
    assert [asked.operation for asked in device.asked if asked.signed] == ["GetProfiles", "GetStreamUri"]
    assert {asked.token for asked in device.asked if asked.signed} == {wants is Wants.TOKEN}


@pytest.mark.parametrize("wants", [Wants.TOKEN, Wants.MD5, Wants.SHA256])
async def test_a_wrong_password_is_sent_once(wants: Wants) -> None:
    device = OnvifDevice(wants=wants, services=(MEDIA, MEDIA2), page=True)
    found = await found_at(device, WRONG)
    assert (found.url, found.cause, found.credentials_refused) == ("", Cause.CREDENTIALS_REFUSED, True)
    assert device.signed == 1


@pytest.mark.parametrize("wants", [Wants.TOKEN, Wants.MD5])
async def test_credentials_that_may_not_be_sent_stay_here(wants: Wants) -> None:
    device = OnvifDevice(wants=wants)
    found = await found_at(device, may_authenticate=False)
    assert (found.cause, found.credentials_refused, device.signed) == (Cause.CREDENTIALS_REFUSED, False, 0)


@pytest.mark.parametrize("wants", [Wants.TOKEN, Wants.MD5])
async def test_missing_credentials_are_told_apart(wants: Wants) -> None:
    found = await found_at(OnvifDevice(wants=wants), None)
    assert found.cause is Cause.CREDENTIALS_MISSING


async def test_a_nonce_that_grew_old_is_answered_once_more() -> None:
    device = OnvifDevice(wants=Wants.MD5, stale_once=True)
    assert (await found_at(device)).url == SUB_URL


@pytest.mark.parametrize("skew", [timedelta(days=-3000), timedelta(hours=8), timedelta(seconds=-30)])
async def test_the_token_is_of_the_device_s_own_time(skew: timedelta) -> None:
    device = OnvifDevice(skew=skew)
    found = await found_at(device)
    assert found.url == SUB_URL
    assert found.clock_offset is not None
    assert abs(found.clock_offset - skew) < timedelta(seconds=2)


async def test_whole_seconds_make_no_clock_seem_slow() -> None:
    """Ten devices a tenth of a second apart: what each tells is cut, and together they are right."""
    wrong = []
    for tenths in range(10):
        skew = timedelta(seconds=tenths / 10)
        found = await found_at(OnvifDevice(skew=skew))
        assert found.clock_offset is not None
        wrong.append((found.clock_offset - skew).total_seconds())
    assert all(abs(one) < 1 for one in wrong), wrong
    assert abs(sum(wrong) / len(wrong)) < 0.3, wrong


async def test_a_device_that_tells_no_time_is_asked_in_ours() -> None:
    device = OnvifDevice(mangle=lambda answer: answer.replace(b"tt:UTCDateTime>", b"tt:LocalDateTime>"))
    found = await found_at(device)
    assert (found.url, found.clock_offset) == (SUB_URL, None)


# ---------------------------------------------------------------- where things are


@pytest.mark.parametrize("services", [(MEDIA2,), (MEDIA, MEDIA2)])
async def test_h265_is_found_by_the_second_media_service(services: tuple[str, ...]) -> None:
    device = OnvifDevice(services=services, offers=(MAIN, replace(SUB, codec="H265")), wants=Wants.MD5)
    found = await found_at(device)
    assert (found.url, found.codec) == (SUB_URL, Codec.H265)


async def test_the_first_media_service_is_asked_when_the_second_knows_nothing() -> None:
    device = OnvifDevice(services=(MEDIA,), knows=frozenset())
    assert (await found_at(device)).url == SUB_URL
    assert device.operations == [
        "GetSystemDateAndTime", "GetServices", "GetCapabilities",
        "GetProfiles", "GetProfiles", "GetProfiles", "GetStreamUri",
    ]  # fmt: skip


async def test_an_old_device_is_asked_for_its_capabilities() -> None:
    device = OnvifDevice(knows=frozenset({"GetCapabilities"}))
    assert (await found_at(device)).url == SUB_URL
    assert device.asked[-1].path == "/onvif/media"


@pytest.mark.parametrize(
    "xaddr",
    [
        "http://192.168.1.64",
        "http://0.0.0.0:80",
        "http://{host}:{port}:{port}",
        "http://:8000",
        "http://",
        "http://u:p@x",
    ],
)
async def test_the_host_we_dialled_wins_over_the_one_a_device_names(xaddr: str) -> None:
    assert (await found_at(OnvifDevice(xaddr=xaddr))).url == SUB_URL


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("rtsp://10.0.0.9:554/{token}", "rtsp://127.0.0.1/sub"),
        ("rtsp://u:p@0.0.0.0:7554/{token}", "rtsp://127.0.0.1:7554/sub"),
        ("rtsp://127.0.0.1:554:554/{token}", "rtsp://127.0.0.1/sub"),
        ("rtsp:///{token}", "rtsp://127.0.0.1/sub"),
        ("http://127.0.0.1/{token}", ""),
        ("", ""),
    ],
)
async def test_the_stream_is_at_the_host_we_dialled_and_names_no_user(told: str, meant: str) -> None:
    found = await found_at(OnvifDevice(stream=told))
    assert (found.url, found.cause is Cause.OK) == (meant, bool(meant))


# ---------------------------------------------------------------- which profile


async def test_what_cannot_be_judged_is_passed_over() -> None:
    offers = (MAIN, Offer("old", "MPEG4", 320, 240), Offer("icon", "JPEG", 80, 60), Offer("jpeg", "JPEG", 320, 240))
    found = await found_at(OnvifDevice(offers=offers))
    assert (found.codec, found.width) == (Codec.MJPEG, 320)


@pytest.mark.parametrize(
    "offers", [(), (Offer("old", "MPEG4", 320, 240),), (MAIN, replace(SUB, source="VideoSource_2"))]
)
async def test_nothing_is_guessed(offers: tuple[Offer, ...]) -> None:
    found = await found_at(OnvifDevice(offers=offers))
    assert (found.url, found.cause) == ("", Cause.NO_VIDEO_TRACK)
    assert found.detail


# ---------------------------------------------------------------- broken answers


def chunked(answer: bytes) -> bytes:
    head, _, body = answer.partition(b"\r\n\r\n")
    head = re.sub(rb"Content-Length: \d+", b"Transfer-Encoding: chunked", head)
    parts = [body[place : place + 100] for place in range(0, len(body), 100)]
    return head + b"\r\n\r\n" + b"".join(b"%x;x=y\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "header line without a colon": lambda answer: answer.replace(b"\r\n", b"\r\nnonsense\r\nb@d header: x\r\n", 1),
    "blank line before the declaration": lambda answer: answer.replace(b"<?xml", b"\r\n<?xml"),
    "string with its end": lambda answer: answer + b"\0garbage",
    "two envelopes": lambda answer: answer + answer.partition(b"\r\n\r\n")[2],
    "undeclared prefixes": lambda answer: re.sub(rb' xmlns:\w+="[^"]*"', b"", answer),
    "body cut short": lambda answer: re.sub(rb"</s:Body>.*", b"", answer),
    "no length": lambda answer: re.sub(rb"Content-Length: \d+\r\n", b"", answer),
    "length too long": lambda answer: re.sub(rb"Content-Length: (\d+)", rb"Content-Length: 9\1", answer),
    "length too short": lambda answer: re.sub(rb"Content-Length: \d+", rb"Content-Length: 10", answer),
    "bare line feeds": lambda answer: answer.replace(b"\r\n", b"\n"),
    "100 first": lambda answer: b"HTTP/1.1 100 Continue\r\n\r\n" + answer,
    "chunks": chunked,
    "bare ampersand": lambda answer: answer.replace(b"&amp;", b"&"),
    "control characters": lambda answer: answer.replace(b"<s:Body>", b"<s:Body>\x01\x02"),
}


@pytest.mark.parametrize("habit", BROKEN)
@pytest.mark.parametrize("wants", [Wants.TOKEN, Wants.MD5])
async def test_a_broken_answer_is_read_all_the_same(habit: str, wants: Wants) -> None:
    assert (await found_at(OnvifDevice(wants=wants, mangle=BROKEN[habit], hangs_up=True))).url == SUB_URL


async def test_soap_1_1_is_read_and_its_faults_too() -> None:
    assert (await found_at(OnvifDevice(soap="1.1"))).url == SUB_URL
    assert (await found_at(OnvifDevice(soap="1.1"), WRONG)).cause is Cause.CREDENTIALS_REFUSED


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n<html>hello</html>", Cause.BAD_REPLY),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Cause.BAD_REPLY),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", Cause.PATH_NOT_FOUND),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", Cause.REQUEST_REFUSED),
        (b"HTTP/1.1 503 Busy\r\n\r\n", Cause.DEVICE_BUSY),
        (b"RTSP/1.0 400 Bad Request\r\n\r\n", Cause.BAD_REPLY),
        (b"SSH-2.0-dropbear\r\n\r\n", Cause.BAD_REPLY),
        (b"", Cause.CONNECTION_CLOSED),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"<a>" * 100_000, Cause.OVER_BUDGET),
        (b"HTTP/1.1 200 OK\r\n" + b"x" * 300_000, Cause.OVER_BUDGET),
    ],
)
async def test_what_is_no_onvif_is_named(answer: bytes, cause: Cause) -> None:
    device = OnvifDevice(mangle=lambda _: answer, hangs_up=True)
    found = await found_at(device)
    assert (found.url, found.cause) == ("", cause)
    assert device.signed == 0


async def test_an_answer_that_drips_is_not_waited_for() -> None:
    device = OnvifDevice(drip=0.02)
    found = await found_at(device, limits=HASTY)
    assert found.cause is Cause.NO_REPLY
    assert len(device.asked) == 1


async def test_the_whole_run_has_a_limit() -> None:
    limits = replace(PATIENT, total=timedelta(seconds=0.3))
    found = await found_at(OnvifDevice(drip=0.02), limits=limits)
    assert found.cause is Cause.NO_REPLY


async def test_a_signed_question_that_stays_unanswered_is_not_asked_again() -> None:
    def hang_up(answer: bytes) -> bytes:
        return b"" if device.asked[-1].signed else answer

    device = OnvifDevice(services=(MEDIA, MEDIA2), mangle=hang_up)
    found = await found_at(device)
    assert (found.cause, device.signed) == (Cause.CONNECTION_CLOSED, 1)


async def test_a_lock_is_told_and_nothing_is_sent_after_it() -> None:
    locked = b"HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=a, nonce=b\r\n\r\nuser is locked, 0 attempts left"
    device = OnvifDevice(wants=Wants.MD5, hangs_up=True)
    device.mangle = lambda answer: locked if device.asked[-1].signed else answer
    found = await found_at(device, WRONG)
    assert (found.cause, device.signed, found.credentials_refused) == (Cause.ACCOUNT_LOCKED, 1, True)
    assert "0 attempts left" in found.detail
    assert found.attempts_left == 0


async def test_a_device_with_another_certificate_than_expected_is_not_shown_the_password(
    self_signed: SelfSigned,
) -> None:
    for certificate, cause in ((self_signed.pin, Cause.OK), (VERIFY, Cause.CERTIFICATE_REFUSED)):
        async with running(OnvifDevice(xaddr="https://{host}:{port}"), self_signed.context) as device:
            address = f"https://{device.address}"
            found = await smallest_stream(address, ADMIN, clock=SystemClock(), limits=PATIENT, certificate=certificate)
        assert (found.cause, bool(device.signed)) == (cause, cause is Cause.OK)


async def test_a_device_whose_certificate_matters_does_not_lead_us_off_tls(self_signed: SelfSigned) -> None:
    async with running(OnvifDevice(xaddr="http://{host}:{port}"), self_signed.context) as device:
        found = await smallest_stream(
            f"https://{device.address}", ADMIN, clock=SystemClock(), limits=PATIENT, certificate=self_signed.pin
        )
    assert "GetProfiles" in device.operations  # over TLS: nothing else reaches it
    assert found.cause is Cause.OK


async def test_nobody_there_is_named() -> None:
    async with running(OnvifDevice()) as device:
        port = device.port
    found = await smallest_stream(f"127.0.0.1:{port}", None, clock=SystemClock(), limits=PATIENT)
    assert found.cause is Cause.TCP_REFUSED


@pytest.mark.parametrize("address", ["", "ftp://x", "http://u:p@x/", "x:0", "x:99999", "a b", "x/y#z"])
async def test_an_address_that_is_none_is_our_own_fault(address: str) -> None:
    found = await smallest_stream(address, ADMIN, clock=SystemClock(), limits=PATIENT)
    assert found.cause is Cause.MONITOR_ERROR


async def test_nothing_found_shows_the_password() -> None:
    echo = f"HTTP/1.1 400 {PASSWORD} Bad\r\n\r\n".encode()
    stream = f"rtsp://x/user=admin&amp;password={PASSWORD.replace('&', '&amp;').replace('<', '&lt;')}"
    for device in (OnvifDevice(mangle=lambda _: echo, hangs_up=True), OnvifDevice(stream=stream)):
        assert PASSWORD not in repr(await found_at(device))


async def test_a_cancelled_search_ends_at_once() -> None:
    asked = asyncio.Event()

    def dripping(answer: bytes) -> bytes:
        asked.set()
        return answer

    async with running(OnvifDevice(drip=0.1, mangle=dripping)) as device:
        task = asyncio.ensure_future(smallest_stream(device.address, ADMIN, clock=SystemClock(), limits=PATIENT))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
