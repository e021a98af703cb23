"""A simulated camera's single pictures: JPEG over HTTP, behind a password, of its scene with the flaw it has by then.

With each request the scene is some seconds older; a hanging sensor shows it as it was, under a clock that ticks on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from monitor.model import Credentials
from monitor.simulator.auth import Decision, Gate, Scheme
from monitor.simulator.flaws import Flaw, draw_flawed
from monitor.simulator.onvif_answers import framed, header
from monitor.simulator.scenes import Scene, draw

PATH = "/snapshot.jpg"
STEP = 6.0  # seconds between two pictures
QUALITY = 80


@dataclass(slots=True)
class SnapshotDevice:
    """One camera's. ``flaw``: what its picture has now. ``body``: what it sends instead of a picture."""

    credentials: Credentials
    scheme: Scheme = Scheme.DIGEST_MD5
    scene: Scene = Scene.LANE
    flaw: Callable[[], Flaw | None] = lambda: None
    body: bytes | None = None
    status: str = "200 OK"
    locks_after: int = 0  # wrong passwords until it locks; 0 = never
    width: int = 640
    height: int = 360
    host: str = "127.0.0.1"
    port: int = 0
    wrong: int = 0  # passwords it was shown that were not right
    served: int = 0  # pictures
    asked: list[str] = field(default_factory=list)  # the Authorization of every request; "" = none

    @property
    def url(self) -> str:
        """Where its pictures are."""
        return f"http://{self.host}:{self.port}{PATH}"

    def picture(self) -> bytes:
        """The next one."""
        import cv2

        seconds, size, flaw = self.served * STEP, (self.width, self.height), self.flaw()
        self.served += 1
        pixels = draw(self.scene, seconds, *size) if flaw is None else draw_flawed(self.scene, flaw, seconds, *size)
        return cv2.imencode(".jpg", pixels, (cv2.IMWRITE_JPEG_QUALITY, QUALITY))[1].tobytes()

    def answer(self, gate: Gate, head: str) -> bytes:
        """The bytes of its answer to one request."""
        method, target, _ = head.split(" ", 2)
        authorization = header(head, "Authorization")
        self.asked.append(authorization)
        decision = Decision.REFUSED
        if not 0 < self.locks_after <= self.wrong:
            decision = gate.decide(method, target, authorization)
        if decision is not Decision.GRANTED:
            self.wrong += bool(authorization) and decision is Decision.REFUSED
            said = f"You still have {self.locks_after - self.wrong} attempt(s)." if self.locks_after else ""
            return framed("401 Unauthorized", said.encode(), f"WWW-Authenticate: {gate.challenge(decision)}")
        if (method, target) != ("GET", PATH):
            return framed("404 Not Found", b"")
        return framed(self.status, self.picture() if self.body is None else self.body, "Content-Type: image/jpeg")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: one request after the other; its nonce changes with every connection but not its password."""
        gate = Gate(self.scheme, "camera", self.credentials)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                writer.write(self.answer(gate, head))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client left, or the device ends
        finally:
            writer.close()
