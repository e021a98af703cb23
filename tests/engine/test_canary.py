"""Canaries: what each answered last is known, and all of them failing is our own line."""

from __future__ import annotations

import asyncio

from monitor.engine.canary import Canaries
from monitor.incidents import Origin
from monitor.metrics import Metrics, PlaceFigures
from monitor.model import TcpAddress
from monitor.settings import CANARY_EVERY
from tests.addresses import free_port
from tests.driven import DrivenClock


async def test_each_canary_is_shown_by_its_number_and_one_that_answers_is_enough() -> None:
    clock = DrivenClock()
    async with await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1") as server:
        nobody = TcpAddress("127.0.0.1", free_port())
        canaries = Canaries((nobody, TcpAddress(*server.sockets[0].getsockname())), clock, Metrics("1", clock))
        assert [place.reachable for place in canaries.statuses()] == [None, None]
        asking = asyncio.create_task(canaries.run())
        await clock.advance(CANARY_EVERY)
        while None in [place.reachable for place in canaries.statuses()]:
            await asyncio.sleep(0.01)
            await clock.advance(CANARY_EVERY)
        first, second = canaries.statuses()
        assert first == PlaceFigures(Origin.MONITOR, "1", False, first.since_at, ever=False)
        assert second == PlaceFigures(Origin.MONITOR, "2", True, second.since_at, ever=True)
        server.close()
        await server.wait_closed()
        while any(place.reachable for place in canaries.statuses()):
            assert not canaries.blind
            await asyncio.sleep(0.01)
            await clock.advance(CANARY_EVERY)
        assert canaries.blind
        assert [(place.reachable, place.ever) for place in canaries.statuses()] == [(False, False), (False, True)]
        asking.cancel()
