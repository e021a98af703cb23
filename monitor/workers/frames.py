"""What the two sides say to each other: pickled values behind their length, over a pipe nobody else can open.

Passwords travel inside an ``Order``; neither side writes a message anywhere else.
"""

from __future__ import annotations

import asyncio
import pickle
import struct
from dataclasses import dataclass

from monitor.model import Ask, Result
from monitor.probes.rtsp import RtspLimits

MAX_MESSAGE = 1024 * 1024  # bytes; an order or an answer takes about 2 kB

_LENGTH = struct.Struct("!I")


@dataclass(frozen=True, slots=True)
class Order:
    """Ask this camera; the engine's side numbers its orders."""

    number: int
    ask: Ask
    limits: RtspLimits


@dataclass(frozen=True, slots=True)
class SessionOver:
    """The camera and its line are free again; the answer follows."""

    number: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the probe saw."""

    number: int
    result: Result


@dataclass(frozen=True, slots=True)
class Failure:
    """The probe raised what a probe never should: our own fault."""

    number: int
    what: str


Message = Order | SessionOver | Answer | Failure


def packed(message: Message) -> bytes:
    """The message as bytes for the pipe."""
    body = pickle.dumps(message, protocol=5)
    return _LENGTH.pack(len(body)) + body


async def read(reader: asyncio.StreamReader) -> Message | None:
    """The next message; None at the end of the pipe. ValueError for what is no message of ours."""
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        if length > MAX_MESSAGE:
            raise ValueError(f"a message of {length} bytes")
        message = pickle.loads(await reader.readexactly(length))  # noqa: S301 - our own process at the other end
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    if not isinstance(message, Order | SessionOver | Answer | Failure):
        raise ValueError(f"a message of type {type(message).__name__}")  # noqa: TRY004 - about bytes, not arguments
    return message
