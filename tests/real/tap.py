"""A wire tap between the prober and a server: what truly went over the wire, said by neither of the two."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

LONGEST = 60.0  # seconds
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Tap:
    """One listener that passes everything on. ``asked`` is what clients sent, ``answered`` what the server did."""

    port: int = 0
    asked: bytearray = field(default_factory=bytearray)
    answered: bytearray = field(default_factory=bytearray)

    @property
    def logins(self) -> int:
        """How many requests carried credentials."""
        return self.asked.count(b"\r\nAuthorization:")


@asynccontextmanager
async def tapped(port: int) -> AsyncIterator[Tap]:
    """A tap in front of a port of this machine; it ends when the last connection through it has ended."""
    tap = Tap()
    async with asyncio.timeout(LONGEST), asyncio.TaskGroup() as tasks:

        async def pass_on(client: Streams) -> None:
            server = await asyncio.open_connection("127.0.0.1", port)
            tasks.create_task(_copy(client[0], server[1], tap.asked))
            tasks.create_task(_copy(server[0], client[1], tap.answered))

        listener = await asyncio.start_server(lambda *client: tasks.create_task(pass_on(client)), "127.0.0.1", 0)
        tap.port = listener.sockets[0].getsockname()[1]
        async with listener:
            yield tap


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter, record: bytearray) -> None:
    with suppress(ConnectionError):
        while data := await source.read(65536):
            record += data
            target.write(data)
            await target.drain()
    target.close()
