"""One body for all who ask within a moment: two Prometheus servers and a person cost one rendering.

It is made on the event loop, in steps with everybody's turn in between: Python runs one thread at a time, so a thread
that writes keeps the loop waiting at every turn for as long as the interpreter pleases, and a step for a millisecond.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from aiohttp import hdrs, web

from monitor.clock import NO_TIME, Clock, unhurried
from monitor.metrics import TownView

FRESH = timedelta(seconds=1)
GZIP_LEVEL = 1  # level 6 saves 8 % more bytes for twice the time

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class _Body:
    made: float  # on the clock's monotonic scale
    plain: bytes
    zipped: bytes


class SharedBody:
    """A document made of the town's view, kept for a second."""

    def __init__(
        self,
        view: Callable[[], Generator[None, None, TownView]],
        render: Callable[[TownView], Iterable[bytes]],
        content_type: str,
        clock: Clock,
    ) -> None:
        self._view = view
        self._render = render
        self._content_type = content_type
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        self._body: _Body | None = None

    async def answer(self, request: web.Request) -> web.Response:
        """The document, zipped where the asker takes it."""
        body = await self._fresh()
        headers = {hdrs.CONTENT_TYPE: self._content_type, hdrs.VARY: hdrs.ACCEPT_ENCODING}
        if not accepts_gzip(request.headers.get(hdrs.ACCEPT_ENCODING, "")):
            return web.Response(body=body.plain, headers=headers)
        return web.Response(body=body.zipped, headers={**headers, hdrs.CONTENT_ENCODING: "gzip"})

    async def _fresh(self) -> _Body:
        async with self._one_at_a_time:
            body = self._body
            if body is None or self._clock.monotonic() - body.made > FRESH.total_seconds():
                body = self._body = await self._made(self._clock.monotonic())
            return body

    async def _made(self, now: float) -> _Body:
        town = await unhurried(self._view(), self._clock)
        pieces = await gathered(self._render(town), self._clock)
        return await asyncio.to_thread(_packed, now, pieces)  # packing waits for no other thread's turn


async def gathered(pieces: Iterable[bytes], clock: Clock) -> list[bytes]:
    """All pieces of a document; an empty one ends a step, after which others have their turn."""
    found = []
    for piece in pieces:
        if piece:
            found.append(piece)
        else:
            await clock.sleep(NO_TIME)
    return found


def _packed(made: float, pieces: Sequence[bytes]) -> _Body:
    plain = b"".join(pieces)
    return _Body(made, plain, gzip.compress(plain, GZIP_LEVEL))


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether an Accept-Encoding header takes gzip (RFC 9110, section 12.5.3: ``q=0`` means "not that one")."""
    for choice in accept_encoding.lower().split(","):
        coding, _, parameter = choice.partition(";")
        if coding.strip() == "gzip":
            return parameter.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
