"""What the two sides say to each other survives the pipe, and nothing else is taken for it."""

from __future__ import annotations

import asyncio
import pickle
from datetime import timedelta

import pytest

from monitor.model import Ask, Cause, Credentials, Result, Rung, Secret, Stage
from monitor.probes.rtsp import RtspLimits
from monitor.workers import frames
from monitor.workers.frames import MAX_MESSAGE, Answer, Failure, Message, Order, SessionOver
from tests.metrics.town import NOW, camera

SECRET = Credentials("admin", Secret("open sesame"))
MESSAGES: list[Message] = [
    Order(1, Ask(camera(), NOW, credentials=SECRET), RtspLimits()),
    SessionOver(1),
    Answer(1, Result("gate-1", NOW, timedelta(seconds=1), Rung.PICTURE, Stage.PICTURE, Cause.OK)),
    Failure(2, "KeyError"),
]


async def read_all(data: bytes) -> list[Message]:
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    found = []
    while (message := await frames.read(reader)) is not None:
        found.append(message)
    return found


async def test_messages_survive_the_pipe() -> None:
    assert await read_all(b"".join(map(frames.packed, MESSAGES))) == MESSAGES


def test_an_order_shows_no_password() -> None:
    assert "sesame" not in repr(MESSAGES)


async def test_a_message_cut_short_is_the_end() -> None:
    assert await read_all(frames.packed(MESSAGES[0])[:-1]) == []


@pytest.mark.parametrize(
    "data", [(MAX_MESSAGE + 1).to_bytes(4, "big"), len(pickle.dumps(7)).to_bytes(4, "big") + pickle.dumps(7)]
)
async def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="a message of"):
        await read_all(data)
