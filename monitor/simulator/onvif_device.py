"""A simulated ONVIF device: well-behaved by default, every bad habit can be switched on while it runs.

Shares no code with ``monitor.onvif``: what the monitor believes about ONVIF is not what this device is made of.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol, TypeVar

from monitor.clock import SystemClock
from monitor.simulator import onvif_answers as answers
from monitor.simulator.onvif_answers import MAIN, MEDIA, MEDIA2, PLATE, SUB, Offer, Plate, framed, header, text

USER, PASSWORD = "admin", "s€same&<"
WINDOW = timedelta(seconds=5)  # how far a token's time may be from the device's clock
OPEN_TO_ALL = frozenset({"GetSystemDateAndTime", "GetServices", "GetCapabilities"})  # ONVIF Core: PRE_AUTH


class Wants(Enum):
    """How the device wants to be shown the password."""

    NOTHING = "nothing"
    TOKEN = "token"
    MD5 = "MD5"
    SHA256 = "SHA-256"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the device read it."""

    operation: str
    path: str
    authorization: str
    token: bool  # it carried a user name token

    @property
    def signed(self) -> bool:
        """Whether it showed a password."""
        return self.token or bool(self.authorization)


@dataclass(slots=True)
class OnvifDevice:
    """One device. ``mangle`` changes the bytes of an answer before they are sent."""

    wants: Wants = Wants.TOKEN
    password: str = PASSWORD
    skew: timedelta = timedelta(0)  # of its clock
    plate: Plate = PLATE
    offers: tuple[Offer, ...] = (MAIN, SUB)
    services: tuple[str, ...] = (MEDIA,)
    knows: frozenset[str] = frozenset({"GetServices", "GetCapabilities", "GetDeviceInformation"})
    forbids: frozenset[str] = frozenset()  # operations this account may not call, though its password is right
    soap: str = "1.2"
    xaddr: str = "http://{host}:{port}"
    stream: str = "rtsp://127.0.0.1:8554/{token}?a=1&amp;b=2"
    snapshot: str = ""  # the address of its snapshots; "" = it offers none
    locks_after: int = 0  # wrong passwords until it locks; 0 = never
    page: bool = False  # a 401 comes with a page for people
    stale_once: bool = False
    hangs_up: bool = False  # after each answer, without a word, as devices do that know no persistent connections
    drip: float = 0.0  # seconds between the bytes of an answer
    mangle: Callable[[bytes], bytes] = bytes
    port: int = 0
    wrong: int = 0  # passwords it was shown that were not right
    connections: int = 0
    asked: list[Asked] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where it is."""
        return f"127.0.0.1:{self.port}"

    @property
    def operations(self) -> list[str]:
        """What it was asked, in order."""
        return [asked.operation for asked in self.asked]

    @property
    def signed(self) -> int:
        """How many requests carried credentials."""
        return sum(asked.signed for asked in self.asked)

    @property
    def locked(self) -> bool:
        """Whether it has seen too many wrong passwords."""
        return 0 < self.locks_after <= self.wrong

    def now(self) -> datetime:
        """Its own clock."""
        return SystemClock().now() + self.skew

    def answer(self, path: str, head: str, body: str) -> bytes:
        """The bytes of its answer to one request."""
        found = re.search(r"<(?:[\w-]+:)?Body[^>]*>\s*<(?:[\w-]+:)?(\w+)", body)
        asked = Asked(found[1] if found else "", path, header(head, "Authorization"), "UsernameToken" in body)
        self.asked.append(asked)
        if asked.operation not in OPEN_TO_ALL:
            refusal = self.refusal(asked, body)
            if refusal:
                return refusal
        if asked.operation in self.forbids:
            return self.fault("NotAuthorized", "the action requires another user level")
        content = self.content(asked.operation, body)
        if content is None:
            return self.fault("ActionNotSupported", "Optional Action Not Implemented")
        return framed("200 OK", answers.envelope(content, self.soap), "Content-Type: application/soap+xml")

    def refusal(self, asked: Asked, body: str) -> bytes:
        """Its answer to bad credentials or none; empty when they are good."""
        if self.is_good(asked, body) and not self.locked:
            if not self.stale_once:
                return b""
            self.stale_once = False
            return self.challenge(asked.path, ", stale=true", "")
        self.wrong += asked.signed
        said = self.complaint(asked)
        return self.fault("NotAuthorized", said) if self.wants is Wants.TOKEN else self.challenge(asked.path, "", said)

    def is_good(self, asked: Asked, body: str) -> bool:
        """Whether it was shown the password, in the form it wants."""
        match self.wants:
            case Wants.NOTHING:
                return True
            case Wants.TOKEN:
                return self.token_is_good(body)
            case Wants.MD5 | Wants.SHA256:
                return self.digest_is_good(asked.path, asked.authorization) and not asked.token

    def complaint(self, asked: Asked) -> str:
        """The words of a refusal, with the attempts that are left where it counts them.

        In this form: rvi/ONVIFCameraAndroid#24.
        """
        if self.locked:
            return "Sender not Authorized. The user is locked!"
        if self.locks_after and asked.signed:
            left = self.locks_after - self.wrong
            return f"Sender not Authorized. Invalid username or password! You still have {left} attempt(s)."
        return "Sender not Authorized"

    def token_is_good(self, body: str) -> bool:
        """Whether the token knows the password and is of the device's own time."""
        parts = {name: text(body, name) for name in ("Username", "Password", "Nonce", "Created")}
        if not all(parts.values()):
            return False
        raw = base64.b64decode(parts["Nonce"]) + parts["Created"].encode() + self.password.encode()
        digest = base64.b64encode(hashlib.sha1(raw, usedforsecurity=False).digest()).decode()
        fresh: bool = abs(datetime.fromisoformat(parts["Created"]) - self.now()) <= WINDOW
        return fresh and (parts["Username"], parts["Password"]) == (USER, digest)

    def digest_is_good(self, path: str, authorization: str) -> bool:
        """Whether the digest knows the password and answers the nonce of this path."""
        parts: dict[str, str] = dict(re.findall(r'(\w+)="?([^",]*)', authorization))
        if not parts:
            return False

        def digest(text: str) -> str:
            name = "md5" if self.wants is Wants.MD5 else "sha256"
            return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()

        secret, request = digest(f"{USER}:cam:{self.password}"), digest(f"POST:{path}")
        middle = f"{parts['nonce']}:{parts['nc']}:{parts['cnonce']}:auth"
        return parts["nonce"] == nonce_of(path) and parts["response"] == digest(f"{secret}:{middle}:{request}")

    def challenge(self, path: str, more: str, said: str) -> bytes:
        """401 with a Digest challenge."""
        value = f'Digest realm="cam", nonce="{nonce_of(path)}", qop="auth", algorithm={self.wants.value}{more}'
        page = f"<!DOCTYPE html><html><body>401 Unauthorized. {said}</body></html>".encode() if self.page else b""
        return framed("401 Unauthorized", page, f"WWW-Authenticate: {value}", "Content-Type: text/html")

    def fault(self, code: str, reason: str) -> bytes:
        """A SOAP fault."""
        return framed("400 Bad Request", answers.envelope(answers.fault(code, reason, self.soap), self.soap))

    def content(self, operation: str, body: str) -> str | None:
        """What it says; None when it does not know the question."""
        base, second = self.xaddr.format(host="127.0.0.1", port=self.port), MEDIA2 in body
        has_media = (MEDIA2 if second else MEDIA) in self.services
        match operation:
            case "GetSystemDateAndTime":
                return answers.clock(self.now())
            case "GetServices" if operation in self.knows:
                return answers.services(base, self.services)
            case "GetCapabilities" if operation in self.knows:
                return answers.capabilities(base)
            case "GetDeviceInformation" if operation in self.knows:
                return answers.information(self.plate)
            case "GetProfiles" if has_media:
                return answers.profiles(self.offers, second=second)
            case "GetStreamUri" if has_media:
                uri = self.stream.format(token=text(body, "ProfileToken"))
                return answers.address(operation, uri, second=second)
            case "GetSnapshotUri" if has_media and self.snapshot:
                return answers.address(operation, self.snapshot, second=second)
            case _:
                return None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: one request after the other, unless it is to hang up."""
        self.connections += 1
        clock, step = SystemClock(), timedelta(seconds=self.drip)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                body = await reader.readexactly(int(header(head, "Content-Length")))
                answer = self.mangle(self.answer(head.split()[1], head, body.decode()))
                for place in range(0, len(answer), 1 if step else len(answer)):
                    writer.write(answer[place : place + (1 if step else len(answer))])
                    await writer.drain()
                    if step:
                        await clock.sleep(step)
                if self.hangs_up or not answer or header(head, "Connection") == "close":
                    return
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client left, or the device ends
        finally:
            writer.close()


class Serving(Protocol):
    """A device that answers on a port of its own."""

    port: int

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        ...


Served = TypeVar("Served", bound=Serving)


@asynccontextmanager
async def running(device: Served, tls: ssl.SSLContext | None = None) -> AsyncIterator[Served]:
    """The device, listening on a free port of the loopback."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        await device.serve(reader, writer)
        tasks.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    device.port = server.sockets[0].getsockname()[1]
    try:
        yield device
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def nonce_of(path: str) -> str:
    """Every path has its own."""
    return hashlib.md5(path.encode(), usedforsecurity=False).hexdigest()
