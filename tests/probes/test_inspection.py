"""One round over ONVIF: what is told, what is kept back, and what broken answers still tell."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from monitor.clock import SystemClock
from monitor.model import Cause, Credentials, Identity, Secret
from monitor.probes.http import HttpLimits
from monitor.probes.inspection import Inspection, Manners
from monitor.probes.onvif import OnvifLimits, inspect
from monitor.simulator import onvif_device
from monitor.simulator.onvif_answers import MAIN, MEDIA, MEDIA2, PLATE, SUB
from monitor.simulator.onvif_device import PASSWORD, USER, OnvifDevice, Wants, running

ADMIN = Credentials(USER, Secret(PASSWORD))
WRONG = Credentials(USER, Secret("guess"))
# Generous for a busy machine; what stays open without an end costs a test no more than this.
LIMITS = OnvifLimits(HttpLimits(timedelta(seconds=10), timedelta(seconds=10)), timedelta(seconds=60))
TOKEN = Manners(took_token=True)
HIKVISION = Identity(PLATE.maker, PLATE.model, PLATE.firmware, PLATE.serial)
ROUND = [
    "GetSystemDateAndTime", "GetServices", "GetProfiles", "GetStreamUri", "GetStreamUri", "GetSnapshotUri",
    "GetDeviceInformation",
]  # fmt: skip


async def told_by(
    device: OnvifDevice,
    credentials: Credentials | None = ADMIN,
    *,
    may_authenticate: bool = True,
    manners: Manners | None = None,
) -> Inspection:
    async with running(device):
        return await inspect(
            device.address,
            credentials,
            clock=SystemClock(),
            limits=LIMITS,
            may_authenticate=may_authenticate,
            manners=manners,
        )


@pytest.mark.parametrize("wants", Wants)
@pytest.mark.parametrize("services", [(MEDIA,), (MEDIA2,), (MEDIA, MEDIA2)])
async def test_a_round_tells_everything_in_whatever_form_the_password_must_be(
    wants: Wants, services: tuple[str, ...]
) -> None:
    device = OnvifDevice(wants=wants, services=services, snapshot="http://127.0.0.1/snap.jpg")
    told = await told_by(device)
    assert (told.cause, told.identity, told.answered) == (Cause.OK, HIKVISION, True)
    assert told.found.url == "rtsp://127.0.0.1:8554/sub?a=1&b=2"
    assert told.main == "rtsp://127.0.0.1:8554/main?a=1&b=2"
    assert (told.smaller, told.snapshot, told.credentials_refused) == (True, True, False)
    assert told.snapshot_url == "http://127.0.0.1/snap.jpg"


async def test_a_round_is_one_conversation_over_one_connection() -> None:
    device = OnvifDevice(wants=Wants.NOTHING)
    await told_by(device)
    assert device.operations == ROUND
    assert device.connections == 1
    device = OnvifDevice()
    await told_by(device)
    assert device.operations == [*ROUND[:3], "GetProfiles", *ROUND[3:]]
    assert device.connections == 1


async def test_a_password_nobody_has_taken_yet_is_not_sent_again_when_the_device_is_gone() -> None:
    for questions in (1, 2):  # before the device is gone without a word
        device = OnvifDevice()

        def leave(answer: bytes, device: OnvifDevice = device, questions: int = questions) -> bytes:
            return b"" if len(device.asked) > questions else answer

        device.mangle = leave
        assert (await told_by(device, manners=TOKEN)).cause is Cause.CONNECTION_CLOSED
        assert device.signed == 1


async def test_a_device_that_hangs_up_without_a_word_is_asked_all_the_same() -> None:
    device = OnvifDevice(hangs_up=True)
    assert (await told_by(device)).cause is Cause.OK
    assert device.operations == [*ROUND[:3], "GetProfiles", *ROUND[3:]]


async def test_a_device_that_took_a_token_is_spared_the_question_without_one_the_next_time() -> None:
    for wants in Wants:
        assert (await told_by(OnvifDevice(wants=wants))).manners.took_token is (wants is Wants.TOKEN)
    device = OnvifDevice()
    told = await told_by(device, manners=TOKEN)
    assert (told.cause, told.manners.took_token, device.operations) == (Cause.OK, True, ROUND)


async def test_a_wrong_password_is_shown_once_to_whoever_took_a_token_the_last_time() -> None:
    for wants in (Wants.TOKEN, Wants.MD5):  # the latter changed its mind: it has not looked at the token
        device = OnvifDevice(wants=wants, services=(MEDIA, MEDIA2))
        told = await told_by(device, WRONG, manners=TOKEN)
        assert (told.cause, told.manners.took_token) == (Cause.CREDENTIALS_REFUSED, False)
        assert told.credentials_refused is (wants is Wants.TOKEN)
        assert (device.signed, [asked.authorization for asked in device.asked if asked.token]) == (1, [""])


@pytest.mark.parametrize("wants", [Wants.MD5, Wants.SHA256])
async def test_a_right_password_is_never_a_wrong_one_where_each_path_has_its_own_nonce(wants: Wants) -> None:
    for services in ((MEDIA,), (MEDIA2,)):
        device, manners = OnvifDevice(wants=wants, locks_after=1, services=services), Manners()
        for _ in range(3):
            device.asked.clear()
            told = await told_by(device, manners=manners)
            manners = told.manners
            assert (told.cause, told.identity, device.wrong) == (Cause.OK, HIKVISION, 0)
        assert device.operations == [*ROUND[:3], "GetProfiles", *ROUND[3:], "GetDeviceInformation"]


async def test_where_one_nonce_does_for_all_paths_the_next_round_is_spared_the_second_challenge(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(onvif_device, "nonce_of", lambda path: "one for all")
    device, manners = OnvifDevice(wants=Wants.MD5, locks_after=1), Manners()
    for extra in (["GetDeviceInformation"], [], []):
        device.asked.clear()
        told = await told_by(device, manners=manners)
        manners = told.manners
        assert (told.cause, device.wrong) == (Cause.OK, 0)
        assert device.operations == [*ROUND[:3], "GetProfiles", *ROUND[3:], *extra]


async def test_snapshots_that_are_not_offered_are_no_failure() -> None:
    told = await told_by(OnvifDevice())
    assert (told.cause, told.snapshot, told.snapshot_url) == (Cause.OK, False, "")


@pytest.mark.parametrize("wants", [Wants.TOKEN, Wants.MD5])
async def test_a_plate_that_is_kept_back_costs_nothing_else(wants: Wants) -> None:
    plate = frozenset({"GetDeviceInformation"})
    for device in (OnvifDevice(wants=wants, forbids=plate), OnvifDevice(wants=wants, knows=frozenset())):
        told = await told_by(device)
        assert (told.cause, told.identity, told.smaller) == (Cause.OK, None, True)
        assert not told.credentials_refused


async def test_a_device_without_a_stream_we_can_judge_tells_its_plate_all_the_same() -> None:
    told = await told_by(OnvifDevice(offers=(replace(MAIN, codec="MPEG4"),)))
    assert (told.cause, told.identity, told.smaller) == (Cause.NO_VIDEO_TRACK, HIKVISION, None)


async def test_without_a_smaller_profile_there_is_no_sub_stream() -> None:
    device = OnvifDevice(offers=(MAIN, replace(MAIN, token="second", kbps=512)))
    told = await told_by(device)
    assert told.smaller is False
    assert (await told_by(OnvifDevice(offers=(MAIN, replace(SUB, source="2"))))).smaller is None


@pytest.mark.parametrize("wants", [Wants.TOKEN, Wants.MD5, Wants.SHA256])
async def test_one_wrong_password_is_one_failed_attempt(wants: Wants) -> None:
    device = OnvifDevice(wants=wants, services=(MEDIA, MEDIA2), page=True, locks_after=5, skew=timedelta(hours=1))
    told = await told_by(device, WRONG)
    assert (told.cause, told.credentials_refused, told.attempts_left) == (Cause.CREDENTIALS_REFUSED, True, 4)
    assert (device.wrong, device.signed) == (1, 1)
    assert told.answered
    assert told.clock_offset is not None  # what needs no password is told all the same
    assert abs(told.clock_offset - timedelta(hours=1)) < timedelta(seconds=5)


@pytest.mark.parametrize("wants", [Wants.TOKEN, Wants.MD5])
async def test_a_lock_is_read_out_of_the_refusal_before_the_password_is_shown(wants: Wants) -> None:
    device = OnvifDevice(wants=wants, locks_after=1, wrong=1, page=True)
    told = await told_by(device)
    assert (told.cause, told.credentials_refused, device.signed) == (Cause.ACCOUNT_LOCKED, False, 0)


async def test_a_round_without_permission_to_authenticate_shows_nothing() -> None:
    device = OnvifDevice(skew=timedelta(seconds=-90))
    told = await told_by(device, may_authenticate=False)
    assert (told.cause, device.signed, told.answered) == (Cause.CREDENTIALS_REFUSED, 0, True)
    assert told.clock_offset is not None


# ---------------------------------------------------------------- odd answers


@dataclass(frozen=True, slots=True)
class Odd:
    """How a device spoils its answers, and who met one that does."""

    source: str
    mangle: Callable[[bytes], bytes] = bytes
    soap: str = "1.2"
    complete: bool = True  # all data is there and must be told


def chunked(answer: bytes) -> bytes:
    head, _, body = answer.partition(b"\r\n\r\n")
    head = re.sub(rb"Content-Length: \d+", b"Transfer-Encoding: chunked", head)
    return head + b"\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


def reordered(answer: bytes) -> bytes:
    """The resolution behind the rate, the codec last."""
    size = rb"(<tt:Resolution>.*?</tt:Resolution>)"
    return re.sub(rb"(<tt:Encoding>\w+</tt:Encoding>)" + size + rb"(.*?</tt:RateControl>)", rb"\3\2\1", answer)


def without(pattern: bytes) -> Callable[[bytes], bytes]:
    return lambda answer: re.sub(pattern, b"", answer)


def replaced(pattern: bytes, by: bytes, count: int = 0) -> Callable[[bytes], bytes]:
    return lambda answer: re.sub(pattern, by, answer, count=count)


SCHEMA = "ONVIF Core: a client is to read what the schema allows, older schemas allowed more"
ODD: dict[str, Odd] = {
    "a proper answer": Odd("ONVIF Core, section 5.1"),
    "another content type": Odd("rvi/ONVIFCameraAndroid#14", replaced(rb"application/soap\+xml", b"text/html")),
    "blank line before the declaration": Odd("fpompermaier/onvif#4", replaced(rb"<\?xml", b"\r\n<?xml")),
    "control characters": Odd("quatanium/python-onvif#48", replaced(rb"<s:Body>", b"<s:Body>\x01\x02")),
    "bytes that are no UTF-8": Odd("home-assistant/core#89620", replaced(rb"<s:Body>", b"<s:Body>\xce\xc4_A")),
    "memory behind the end": Odd("RFC 9112, 6.3: a length may be wrong", lambda answer: answer + b"\0garbage"),
    "two envelopes": Odd("the same", lambda answer: answer + answer.partition(b"\r\n\r\n")[2]),
    "bare ampersand": Odd("AlexxIT/go2rtc, quirks of stream URIs", replaced(b"&amp;", b"&")),
    "missing elements": Odd(SCHEMA, without(rb"<tt:RateControl>.*?</tt:RateControl>")),
    "reordered elements": Odd(SCHEMA, reordered),
    "no length": Odd("home-assistant/core#148093", without(rb"Content-Length: \d+\r\n")),
    "chunks": Odd("RFC 9112, 7.1", chunked),
    "undeclared prefixes": Odd("home-assistant/home-assistant.io#40942", without(rb' xmlns:\w+="[^"]*"')),
    "SOAP 1.1": Odd("mvantellingen/python-zeep#126", soap="1.1"),
    "a header line without a name": Odd(
        "home-assistant/core#151745", replaced(b"\r\n", b"\r\nTue, 12 Jun 2012 01:56:34 GMT\r\n", 1)
    ),
    "a length beyond the end": Odd("home-assistant/core#148093", replaced(rb"Content-Length: ", b"Content-Length: 9")),
    "body cut short": Odd("go2rtc, gortsplib: short bodies", without(rb"</s:Body>.*")),
}  # fmt: skip


@pytest.mark.parametrize("habit", ODD)
async def test_what_is_in_an_odd_answer_is_told(habit: str) -> None:
    odd = ODD[habit]
    told = await told_by(OnvifDevice(mangle=odd.mangle, soap=odd.soap, hangs_up=True))
    assert (told.cause, told.identity, told.smaller) == (Cause.OK, HIKVISION, True)
    assert told.main == "rtsp://127.0.0.1:8554/main?a=1&b=2"
    assert told.clock_offset is not None


@pytest.mark.parametrize(
    ("source", "answer", "cause"),
    [
        ("agsh/onvif#498", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Cause.BAD_REPLY),
        (
            "FalkTannhaeuser/python-onvif-zeep#123",
            b"HTTP/1.1 401 Unauthorized\r\nContent-Type: text/html\r\n\r\n<html>401</html>",
            Cause.CREDENTIALS_REFUSED,
        ),
    ],
    ids=["an empty 200", "a page for people"],
)
async def test_an_answer_without_data_is_named(source: str, answer: bytes, cause: Cause) -> None:
    device = OnvifDevice(mangle=lambda whole: whole if "Time" in device.operations[-1] else answer, hangs_up=True)
    told = await told_by(device)
    assert (told.cause, told.answered, told.identity) == (cause, True, None), source
    assert device.signed <= 1
