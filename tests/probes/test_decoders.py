"""The threads that decode: how much may wait for them, and that they give way to the event loop."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from datetime import timedelta
from pathlib import Path

import cv2
import pytest

from monitor.memories import Memories
from monitor.model import Cause, Codec, KeyFrame, micros
from monitor.probes.decoders import GIVES_WAY, QUEUE, Decoders
from monitor.simulator.scenes import Scene, draw
from tests.driven import START


def jpeg() -> bytes:
    """One picture."""
    return cv2.imencode(".jpg", draw(Scene.LANE, 0.0, 320, 192))[1].tobytes()


async def test_a_memory_from_a_later_time_is_looked_at_as_of_now() -> None:
    memories, frame = Memories(None), KeyFrame(Codec.MJPEG, jpeg())
    later, now = START + timedelta(days=900), START
    with Decoders(1, memories) as decoders:
        for at in (later, now, now + timedelta(minutes=1)):
            await decoders.look(frame, "cam", at)
            assert memories.load("cam").stillness.at_us == micros(at)
    assert memories.load("cam").stillness.run == 1, "a pair was counted since the clock was set back"


async def test_a_clock_set_back_behind_an_approval_that_was_followed_forgets_nothing_once_more(tmp_path: Path) -> None:
    memories, frame = Memories(tmp_path / "pictures.db"), KeyFrame(Codec.MJPEG, jpeg())
    approved_at, looks = START + timedelta(hours=1), 20  # more than are gathered before anything is learnt
    with Decoders(1, memories) as decoders:
        for look in range(looks):
            await decoders.look(frame, "cam", approved_at + timedelta(minutes=1 + look), approved_at)
        before = memories.load("cam", approved_at).colour.seen
        for look in range(3):
            await decoders.look(frame, "cam", START + timedelta(minutes=look), approved_at)
        after = memories.load("cam", approved_at).colour.seen
    memories.close()
    assert before > 0
    assert after == before + 3


async def test_pictures_that_come_together_queue_for_a_thread_before_others_are_turned_away() -> None:
    gate, under_way, told = threading.Event(), list[asyncio.Task[bool]](), []
    with Decoders(1) as decoders:
        for _ in range(QUEUE):
            told.append(decoders.busy)
            under_way.append(asyncio.create_task(decoders._in_a_thread(gate.wait)))
            await asyncio.sleep(0)
        told.append(decoders.busy)
        gate.set()
        await asyncio.gather(*under_way)
        assert (told, decoders.busy) == ([False] * QUEUE + [True], False)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere all threads of a process have one priority")
async def test_a_thread_that_decodes_gives_way_to_the_event_loop() -> None:
    ours = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    with Decoders(1) as decoders:
        seen = await decoders.look(KeyFrame(Codec.H264, b"no picture"), "cam", START)
        assert seen.cause is Cause.DECODE_FAILED
        (thread,) = [thread for thread in threading.enumerate() if thread.name.startswith("decode")]
        assert thread.native_id is not None
        assert os.getpriority(os.PRIO_PROCESS, thread.native_id) == min(19, ours + GIVES_WAY)
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == ours
