"""A relay that is to be killed: tells texts as fast as it can, and says on stdout which of them are durable."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Collection, Generator, Mapping
from datetime import timedelta
from pathlib import Path

from monitor.alerting import Channel, Encoding, Facts, Gateway, Left, Place, Severity, Spot, Village, Where
from monitor.clock import SystemClock
from monitor.incidents import BlindSpot, Incident, Rules
from monitor.language import Language, Phrase
from monitor.metrics import Metrics
from monitor.model import Secret
from monitor.notify import Outbox
from monitor.relay import Relay
from monitor.settings import AlertSettings


class HastyClock(SystemClock):
    """A hundredth of every wait."""

    async def sleep(self, duration: timedelta) -> None:
        await super().sleep(duration / 100)


class Quiet:
    """A town in which nothing happens."""

    def __init__(self) -> None:
        self.running = asyncio.Event()
        self.running.set()
        self.rules = Rules()
        self.blind = False

    def facts(self) -> Generator[None, None, tuple[Facts, ...]]:
        yield
        return ()

    def villages(self) -> Generator[None, None, Mapping[Place, Village]]:
        yield
        return {}

    def sites(self) -> Generator[None, None, Mapping[Where, Spot]]:
        yield
        return {}

    def dark_sites(self) -> Generator[None, None, tuple[BlindSpot, ...]]:
        yield
        return ()

    def ended(self) -> Mapping[str, Incident]:
        return {}

    def left(self, _camera_ids: Collection[str]) -> Left:
        return Left()

    def incident_of(self, _camera_id: str) -> str | None:
        return None

    def trouble(self) -> str | None:
        return None


async def main(folder: Path, url: str, first: str) -> None:
    clock = HastyClock()
    gateway = Gateway(Secret(url), body="{text}", encoding=Encoding.TEXT)
    channel = Channel("sms", gateway, 1000, ((1000, timedelta(seconds=1)),))
    settings = AlertSettings(receivers={"office": ("sms",)}, channels={"sms": channel})
    outbox = Outbox.open(folder / "ledger-outbox.db")
    relay = Relay(settings, outbox, Quiet(), clock, Metrics("1", clock), "Asia/Shanghai", Language.EN)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(relay.run())
        if first == "-":
            while (await relay.listed())[0].notices:
                await clock.sleep(timedelta(seconds=1))
        else:
            for number in range(int(first), sys.maxsize):
                title = Phrase(f"<{number}>", f"<{number}>")
                await relay.tell("office", f"k{number}", title, (), Severity.WARNING)
                print(number, flush=True)  # noqa: T201 - how it speaks with the test
        running.cancel()
    relay.close()


def live(folder: str, url: str, first: str) -> None:
    """Tell keys from ``first`` on; with ``-`` only empty the outbox."""
    asyncio.run(main(Path(folder), url, first))
