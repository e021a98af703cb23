"""A key frame that may be complete: when silence is believed to be its end, and when not."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable

import pytest
import uvloop

from monitor.model import Cause, Codec, Stage
from monitor.probes.conversation import SETTLING
from monitor.probes.rtsp import Fetched
from tests.probes.device import Line, Script, device
from tests.probes.test_rtsp import fetch
from tests.rtsp.footage import interleaved
from tests.rtsp.sending import Line as Way
from tests.rtsp.sending import Sender, is_whole, received

CLOCKS = {Codec.H264: b"96 H264/90000", Codec.H265: b"96 H265/90000", Codec.MJPEG: b"26 JPEG/90000"}
EVERY_SLICE = Sender(Codec.H264, slices=4, marks="every-slice")
STREAM = EVERY_SLICE.stream()
FIRST_SLICE = next(at for at, packet in enumerate(STREAM) if packet[1] & 0x80) + 1

on_both_loops = pytest.mark.parametrize("loop_factory", [asyncio.new_event_loop, uvloop.new_event_loop])
LoopFactory = Callable[[], asyncio.AbstractEventLoop]


def description(codec: Codec) -> bytes:
    kind = CLOCKS[codec].partition(b" ")[0]
    return b"v=0\r\nm=video 0 RTP/AVP %s\r\na=rtpmap:%s\r\na=control:v\r\n" % (kind, CLOCKS[codec])


def fetched_from(script: Script, loop_factory: LoopFactory) -> Fetched:
    async def run() -> Fetched:
        async with device(script) as cam:
            return await fetch(cam.url)

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        return runner.run(run())


def waited(fetched: Fetched) -> float:
    """Seconds from the first packet to the key frame."""
    (spent,) = [one.took for one in fetched.stages if one.stage is Stage.KEYFRAME]
    return spent.total_seconds()


@on_both_loops
@pytest.mark.parametrize("codec", list(Codec))
def test_a_camera_of_few_pictures_is_not_kept_until_its_next_one(codec: Codec, loop_factory: LoopFactory) -> None:
    sender = Sender(codec, size=20_000)

    async def slow(line: Line) -> None:
        await line.until_play(description(codec))
        await line.stream(sender.stream()[: sender.beginnings()[1]])
        await line.until_teardown()

    fetched = fetched_from(slow, loop_factory)
    assert fetched.keyframe == received(sender, Way()), "the same as when the next picture ends it"
    assert SETTLING <= waited(fetched) < 3 * SETTLING


async def test_a_connection_that_ends_ends_the_key_frame_at_once() -> None:
    sender = Sender(Codec.H264)

    async def short(line: Line) -> None:
        await line.until_play()
        await line.stream(sender.stream()[: sender.beginnings()[1]])

    async with device(short) as cam:
        fetched = await fetch(cam.url)
    assert fetched.keyframe == received(sender, Way())
    assert waited(fetched) < SETTLING


async def test_a_packet_that_came_in_part_is_waited_for() -> None:
    async def stalling(line: Line) -> None:
        await line.until_play()
        sent, begun = interleaved(STREAM), len(interleaved(STREAM[:FIRST_SLICE])) + 3
        line.writer.write(sent[:begun])
        await asyncio.sleep(1.5 * SETTLING)
        line.writer.write(sent[begun:])
        await line.until_teardown()

    async with device(stalling) as cam:
        fetched = await fetch(cam.url)
    assert fetched.keyframe is not None
    assert is_whole(EVERY_SLICE, fetched.keyframe)


@on_both_loops
def test_a_loop_that_was_held_up_reads_before_it_believes_in_silence(loop_factory: LoopFactory) -> None:
    async def meanwhile(line: Line) -> None:
        await line.until_play()
        await line.stream(STREAM[:FIRST_SLICE])
        await asyncio.sleep(SETTLING / 2)
        os.write(line.writer.get_extra_info("socket").fileno(), interleaved(STREAM[FIRST_SLICE:]))
        time.sleep(SETTLING)  # noqa: ASYNC251 - what is tested
        await line.until_teardown()

    fetched = fetched_from(meanwhile, loop_factory)
    assert fetched.cause is Cause.OK
    assert fetched.keyframe is not None
    assert is_whole(EVERY_SLICE, fetched.keyframe)
