"""The probing process carries out orders as they come, and answers each."""

from __future__ import annotations

import asyncio

from monitor.model import Ask, Cause, Look
from monitor.probes.decoders import Decoders
from monitor.probes.rtsp import RtspLimits
from monitor.workers import frames
from monitor.workers.child import serve
from monitor.workers.frames import Answer, Message, Order, SessionOver
from tests.metrics.town import NOW, camera
from tests.probes import device as devices
from tests.probes.device import device


async def test_the_end_of_the_session_is_told_before_the_answer() -> None:
    said: list[Message] = []
    reader = asyncio.StreamReader()
    answered = asyncio.Event()

    def send(message: Message) -> None:
        said.append(message)
        if isinstance(message, Answer):
            answered.set()

    with Decoders(1) as pool:
        async with device(devices.camera) as cam, asyncio.TaskGroup() as tasks:
            tasks.create_task(serve(reader, send, pool))
            order = Order(7, Ask(camera(url=cam.url), NOW, look=Look.DEMANDED), RtspLimits())
            reader.feed_data(frames.packed(order))
            await answered.wait()
            reader.feed_eof()
    over, answer = said
    assert over == SessionOver(7)
    assert isinstance(answer, Answer)
    assert (answer.number, answer.result.cause) == (7, Cause.OK)
