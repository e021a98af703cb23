"""Headless Chromium: prints a page, and answers over its remote debugging protocol what it saw on the way."""

from __future__ import annotations

import base64
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.programs import program

SWITCHES = (
    "--headless",
    "--no-sandbox",  # tests may run as root
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--remote-debugging-port=0",
)
PATIENCE = 60  # seconds for one answer: the machine may be busy


@dataclass
class Tab:
    """One page and everything that happened on it."""

    socket: aiohttp.ClientWebSocketResponse
    seen: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0

    async def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """The result of one command; events that come before it are kept."""
        self.asked += 1
        await self.socket.send_json({"id": self.asked, "method": method, "params": parameters})
        while (message := await self._message()).get("id") != self.asked:
            self.seen.append(message)
        assert "error" not in message, message
        result: dict[str, Any] = message["result"]
        return result

    async def open(self, url: str) -> None:
        """Load it and wait until it is loaded."""
        for domain in ("Page", "Runtime", "Log", "Network"):
            await self.call(f"{domain}.enable")
        await self.call("Page.navigate", url=url)
        while not any(event.get("method") == "Page.loadEventFired" for event in self.seen):
            self.seen.append(await self._message())

    async def width(self, width: int) -> None:
        """Give the window so many pixels."""
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=1123, deviceScaleFactor=1, mobile=False
        )

    async def value(self, expression: str) -> Any:
        """What a JavaScript expression comes to; our own question, the page itself has no script."""
        answer = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"]["value"]

    async def printed(self) -> bytes:
        """The page as PDF, of the size its own style asks for."""
        result = await self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(result["data"])

    def events(self, method: str) -> list[dict[str, Any]]:
        """The parameters of every event of that kind so far."""
        return [event["params"] for event in self.seen if event.get("method") == method]

    async def _message(self) -> dict[str, Any]:
        message: dict[str, Any] = await self.socket.receive_json(timeout=PATIENCE)
        return message


@contextmanager
def browser(folder: Path) -> Iterator[str]:
    """A browser with a fresh profile in the folder; where it listens. Skips where it is not installed."""
    command = [program("chromium"), *SWITCHES, f"--user-data-dir={folder}", "about:blank"]
    environment = {"HOME": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield f"127.0.0.1:{_port(process, folder)}"
        finally:
            process.terminate()


def _port(process: subprocess.Popen[bytes], folder: Path) -> int:
    """From the file that it writes once it listens."""
    told, deadline = folder / "DevToolsActivePort", time.monotonic() + PATIENCE
    while not (told.exists() and told.read_text("ascii").count("\n")):
        assert process.poll() is None, "chromium ended without listening"
        assert time.monotonic() < deadline, "chromium does not listen"
        time.sleep(0.05)
    return int(told.read_text("ascii").splitlines()[0])


@asynccontextmanager
async def chromium(address: str) -> AsyncIterator[Tab]:
    """A page of its own in that browser."""
    async with aiohttp.ClientSession() as session:
        async with session.put(f"http://{address}/json/new?about:blank") as answer:
            page = await answer.json()
        async with session.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0) as socket:
            yield Tab(socket)
        async with session.get(f"http://{address}/json/close/{page['id']}") as answer:
            assert answer.status == 200
