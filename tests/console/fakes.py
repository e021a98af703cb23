"""A source for the console that says what a test wants said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Generator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from monitor.clock import Clock
from monitor.console import make_app, serve
from monitor.metrics import Ended, IncidentFigures, Metrics, TownView
from monitor.model import Cause, State, Transition
from tests.metrics.town import NOW, DrivenClock, camera, status, town


class FakeSource:
    """Answers from its attributes."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.metrics = Metrics("1.2.3", clock or DrivenClock())
        self.view = town(status(), status(State.DOWN, Cause.TCP_TIMEOUT, camera("c2", name="柳溪村口 2 号")))
        self.ended: tuple[IncidentFigures, ...] = ()
        self.wrong: str | None = None
        self.missing: str | None = None
        self.reload_says = (True, "settings taken")
        self.reloads = 0
        self.views_asked = 0
        self.kinds_asked: Sequence[str] = ()

    def town_view(self, kinds: Sequence[str]) -> Generator[None, None, TownView]:
        self.views_asked += 1
        self.kinds_asked = kinds
        yield
        return self.view

    def ended_incidents(self, since_at: datetime, most: int) -> Generator[None, None, Ended]:
        yield
        late = tuple(each for each in self.ended if (each.incident.ended_at or NOW) > since_at)
        return Ended(since_at, late[:most], len(late[most:]))

    def healthy(self) -> str | None:
        return self.wrong

    def ready(self) -> str | None:
        return self.missing

    async def reload(self) -> tuple[bool, str]:
        self.reloads += 1
        return self.reload_says

    def recent_transitions(self, after: int, limit: int) -> list[tuple[int, Transition]]:
        every = [
            (
                number,
                Transition("c1", NOW, NOW + timedelta(seconds=20), State.UP, State.DOWN, Cause.TCP_TIMEOUT, "无应答"),
            )
            for number in range(1, 6)
        ]
        return [pair for pair in every if pair[0] > after][:limit]


@asynccontextmanager
async def console(source: FakeSource, clock: Clock | None = None, reload_enabled: bool = False) -> AsyncIterator[str]:
    """The console on a free port of this machine; gives its address."""
    app = make_app(source, clock=clock or DrivenClock(), reload_enabled=reload_enabled)
    runner, port = await serve(app, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


async def raw(address: str, request: str) -> bytes:
    """What comes back for these very bytes, until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rsplit(":", 1)[1]))
    writer.write(request.replace("\n", "\r\n").encode())
    answer = await reader.read()
    writer.close()
    return answer
