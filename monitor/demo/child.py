"""The real monitor as a process of its own, started as a user would start it, and asked over its own HTTP interface."""

from __future__ import annotations

import asyncio
import signal
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from monitor.clock import Clock
from monitor.demo.place import Place
from monitor.errors import SharpEyesError

START_WITHIN = timedelta(seconds=30)
END_WITHIN = timedelta(seconds=15)
LISTENING = "listening on "


@dataclass(frozen=True, slots=True)
class News:
    """What the monitor said when it was asked: the town now, and the transitions since the last time."""

    status: dict[str, Any]
    transitions: list[dict[str, Any]]


class Child:
    """A running ``sharp-eyes run``. ``address`` is where its console listens."""

    def __init__(self, process: asyncio.subprocess.Process, address: str) -> None:
        self._process = process
        self._after = 0
        self.address = address

    @property
    def pid(self) -> int:
        """The monitor's process id."""
        return self._process.pid

    @classmethod
    async def start(cls, place: Place) -> Child:
        """Start it and wait until it says where it listens; SharpEyesError with its last words when it does not."""
        with place.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "monitor",
                "run",
                "--config",
                str(place.settings),
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # Ctrl-C at the terminal is for us; we end the child ourselves
            )
        assert process.stdout is not None
        line = b""
        try:
            async with asyncio.timeout(START_WITHIN.total_seconds()):
                line = await process.stdout.readline()
        except TimeoutError:
            process.kill()
        address = line.decode("utf-8", "replace").strip()
        if not address.startswith(LISTENING):
            await process.wait()
            last_words = place.log.read_text("utf-8", "replace")[-2000:]
            raise SharpEyesError(f"the monitor did not start; {place.log} ends with:\n{last_words}")
        return cls(process, address.removeprefix(LISTENING))

    def kill(self) -> None:
        """``kill -9``: the end nobody can prepare for."""
        self._process.kill()

    async def wait(self) -> int:
        """Wait for its end; its exit code."""
        return await self._process.wait()

    async def end(self) -> None:
        """An orderly end, or a hard one after a while."""
        if self._process.returncode is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(END_WITHIN.total_seconds()):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def news(self, session: aiohttp.ClientSession) -> News:
        """Ask for the town and for what is new; SharpEyesError when the monitor is gone."""
        try:
            async with session.get(f"{self.address}/api/v1/status") as answer:
                status = await answer.json()
            query = {"after": str(self._after), "limit": "1000"}
            async with session.get(f"{self.address}/api/v1/transitions", params=query) as answer:
                new = await answer.json()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise SharpEyesError(f"the monitor at {self.address} does not answer: {type(error).__name__}") from error
        self._after = new["next_after"]
        return News(status, new["transitions"])

    async def watching(self, session: aiohttp.ClientSession, clock: Clock, within: timedelta) -> News:
        """Wait until every camera has been probed once; SharpEyesError when that takes longer than ``within``."""
        deadline = clock.monotonic() + within.total_seconds()
        while True:
            news = await self.news(session)
            waiting = [camera["id"] for camera in news.status["cameras"] if camera["last_probe"] is None]
            if news.status["cameras"] and not waiting:
                return news
            if clock.monotonic() > deadline:
                raise SharpEyesError(f"{len(waiting)} cameras were not probed within {within}")
            await clock.sleep(timedelta(milliseconds=300))


def seen_at(text: str) -> datetime:
    """An instant of the monitor's JSON."""
    return datetime.fromisoformat(text)
