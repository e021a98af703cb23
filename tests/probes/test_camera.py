"""One probe of a scripted device from question to result: which stream, decoded or not, and when the line is free."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.clock import SystemClock
from monitor.model import Ask, Cause, Codec, Credentials, Habit, KeyFrame, Look, Result, Rung, Secret, Stage
from monitor.picture import Memory
from monitor.picture.memory import Repeats
from monitor.probes.camera import CameraProber
from monitor.probes.decoders import Decoders
from monitor.probes.marks import mark_of
from monitor.probes.rtsp import RtspLimits
from tests.driven import START, a_camera
from tests.probes.device import Device, Line, camera, device
from tests.rtsp.footage import coded

PERSON = Credentials("admin", Secret("open sesame"))
SUB = "/sub"


LIVELY = Memory(colour_repeats=Repeats(pairs=8), infrared_repeats=Repeats(pairs=8))  # never yet the same twice


@pytest.fixture
async def prober() -> AsyncIterator[CameraProber]:
    with Decoders(1) as decoders:
        yield CameraProber(RtspLimits(reply=timedelta(milliseconds=300)), SystemClock(), decoders)


def ask_of(cam: Device, **changes: object) -> Ask:
    watched = replace(a_camera(), url=cam.url)
    return replace(Ask(watched, START, credentials=PERSON), **changes)  # type: ignore[arg-type]


async def probe(prober: CameraProber, ask: Ask, session_over: Callable[[], None] = lambda: None) -> Result:
    async with asyncio.timeout(10):
        return await prober.probe(ask, session_over)


async def good(prober: CameraProber, **changes: object) -> Result:
    async with device(camera) as cam:
        return await probe(prober, ask_of(cam, **changes))


async def test_an_expected_key_frame_is_not_decoded(prober: CameraProber) -> None:
    first = await good(prober)
    assert (first.cause, first.look, first.rung, first.stage) == (Cause.OK, Look.FIRST, Rung.PICTURE, Stage.PICTURE)
    assert first.mark is not None
    before = replace(first.mark, digest=b"another")
    async with device(camera) as cam:
        ask = ask_of(cam, mark=replace(before, url=cam.url), habit=Habit(first.mark.size, 100))
        second = await probe(prober, ask)
    assert (second.cause, second.look, second.rung, second.stage) == (
        Cause.OK, Look.SKIPPED, Rung.KEYFRAME, Stage.KEYFRAME,
    )  # fmt: skip
    assert second.picture is None
    assert second.mark is not None
    assert second.keyframe_bytes == second.mark.size == first.mark.size


async def test_equal_bytes_raise_the_doubt_that_the_picture_stands(prober: CameraProber) -> None:
    prober.decoders._memories.keep(a_camera().id, LIVELY, START)
    first = await good(prober)
    again = await good(prober, mark=first.mark, habit=Habit(1, 1), at=START + timedelta(minutes=1))
    assert (again.cause, again.look) == (Cause.PICTURE_FROZEN, Look.IDENTICAL)


class Busy(Decoders):
    """Another picture would have to wait."""

    @property
    def busy(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("usual_size", "asked", "seen"),
    [
        (1.0, Look.DUE, (Look.PUT_OFF, Rung.KEYFRAME)),
        (1.0, Look.OVERDUE, (Look.OVERDUE, Rung.PICTURE)),
        (10.0, Look.DUE, (Look.SIZE, Rung.PICTURE)),
    ],
    ids=["as always", "overdue", "collapsed"],
)
async def test_with_the_decoders_busy_a_look_is_put_off_unless_it_is_overdue_or_the_key_frame_looks_wrong(
    prober: CameraProber, usual_size: float, asked: Look, seen: tuple[Look, Rung]
) -> None:
    first = await good(prober)
    assert first.mark is not None
    habit = Habit(usual_size * first.mark.size, 100)
    with Busy(1) as decoders:
        async with device(camera) as cam:
            before = replace(first.mark, digest=b"another", url=cam.url)
            ask = ask_of(cam, look=asked, mark=before, habit=habit)
            result = await probe(replace(prober, decoders=decoders), ask)
    assert (result.look, result.rung) == seen


async def test_the_line_is_free_before_the_picture_is_looked_at(prober: CameraProber) -> None:
    over: list[int] = []
    async with device(camera) as cam:
        await probe(prober, ask_of(cam), lambda: over.append(len(cam.methods)))
    assert over == [4]  # DESCRIBE, SETUP, PLAY, TEARDOWN


async def test_after_a_refusal_nobody_is_told_that_the_line_is_free(prober: CameraProber) -> None:
    async def strict(line: Line) -> None:
        while True:
            await line.answer("401 Unauthorized", 'WWW-Authenticate: Digest realm="cam", nonce="1"')

    over: list[int] = []
    async with device(strict) as cam:
        result = await probe(prober, ask_of(cam), lambda: over.append(1))
    assert (result.cause, result.credentials_refused, over) == (Cause.CREDENTIALS_REFUSED, True, [])


REFUSALS = ("404 Not Found", "400 Bad Request", "454 Session Not Found", "455 Method Not Valid", "500 Oops", "406 No")


@pytest.mark.parametrize("status", REFUSALS)
async def test_a_refused_guess_is_followed_by_the_written_stream_in_the_same_probe(
    prober: CameraProber, status: str
) -> None:
    async def script(line: Line) -> None:
        while line.number == 1:
            await line.answer(status)
        await camera(line)

    async with device(script) as cam:
        guess = cam.url.replace("/cam", SUB)
        result = await probe(prober, ask_of(cam, url=guess))
        assert (result.cause, result.url) == (Cause.OK, cam.url)
        assert cam.asked[0].uri == guess
        assert [asked.uri for asked in cam.asked if asked.method == "DESCRIBE"][-1] == cam.url
        assert cam.methods[-4:] == ["DESCRIBE", "SETUP", "PLAY", "TEARDOWN"]


async def test_the_written_stream_s_own_failure_is_what_is_told(prober: CameraProber) -> None:
    async def script(line: Line) -> None:
        await line.answer("404 Not Found" if line.number == 1 else "503 Service Unavailable")
        await line.until_closed()

    async with device(script) as cam:
        result = await probe(prober, ask_of(cam, url=cam.url.replace("/cam", SUB)))
    assert (result.cause, result.url) == (Cause.DEVICE_BUSY, cam.url)


async def test_silence_and_wrong_accounts_are_no_reason_to_ask_again(prober: CameraProber) -> None:
    async def silent(line: Line) -> None:
        await line.until_closed()

    async def suspicious(line: Line) -> None:
        challenge = 'WWW-Authenticate: Digest realm="cam", nonce="abc"'
        for _ in range(2):
            await line.answer("401 Unauthorized", challenge)
        await line.until_closed()

    for script, cause in ((silent, Cause.NO_REPLY), (suspicious, Cause.CREDENTIALS_REFUSED)):
        async with device(script) as cam:
            url = cam.url.replace("/cam", SUB)
            result = await probe(prober, ask_of(cam, url=url))
            assert (result.cause, result.url, cam.connections) == (cause, url, 1)


async def test_both_questions_together_stay_within_the_time_of_one_probe(prober: CameraProber) -> None:
    async def script(line: Line) -> None:
        if line.number == 1:
            await line.answer("404 Not Found")
        await line.until_closed()

    patient = replace(prober, limits=RtspLimits(reply=timedelta(seconds=30), total=timedelta(seconds=1.2)))
    async with device(script) as cam:
        result = await probe(patient, ask_of(cam, url=cam.url.replace("/cam", SUB)))
    assert result.cause is Cause.NO_REPLY
    assert result.took < timedelta(seconds=2)


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
def test_the_parameter_sets_of_a_key_frame_are_told_from_its_picture(codec: Codec) -> None:
    data = coded(codec)[0]
    mark = mark_of("u", KeyFrame(codec, data))
    assert (mark.size, len(mark.digest), len(mark.parameters)) == (len(data), 16, 8)
    other = mark_of("u", KeyFrame(codec, data[:-1] + bytes([data[-1] ^ 1])))
    assert other.digest != mark.digest
    assert other.parameters == mark.parameters
    changed = mark_of("u", KeyFrame(codec, data[:6] + bytes([data[6] ^ 1]) + data[7:]))
    assert changed.parameters != mark.parameters


@pytest.mark.parametrize("data", [b"", b"\0\0\1", b"\0\0\0\1\x67", b"\0\0\1\x67\0\0\1", b"\xff\xd8\xff\xd9"])
@pytest.mark.parametrize("codec", Codec)
def test_a_mark_can_be_made_of_any_bytes(codec: Codec, data: bytes) -> None:
    assert mark_of("u", KeyFrame(codec, data)).size == len(data)
