"""One hostile device: does to whoever connects what its kind of hostility says, for as long as the client lets it."""

from __future__ import annotations

import asyncio
import socket

from monitor.simulator import hostility
from monitor.simulator.hostility import Hostility
from monitor.simulator.link import ABORT, Link
from monitor.simulator.listener import Listener
from monitor.simulator.message import Request, RequestError, RequestReader, reply
from monitor.simulator.server import CameraPlan, Served

DRIP_PAUSE = 1.0  # seconds between two bytes
ANNOUNCED = 4 * 1024**3  # bytes of a body that never ends
SESSION = "Session: 0BADCAFE\r\n"


class HostileServer:
    """Listens from construction until ``close``. Must be made inside a running loop."""

    def __init__(self, plan: CameraPlan, kind: Hostility, served: Served) -> None:
        self.plan = plan
        self.kind = kind
        self._served = served
        self._links: set[Link] = set()
        self._loop = asyncio.get_running_loop()
        self._listener = Listener(plan.host, plan.port, self._accepted)

    def close(self) -> None:
        """Stop listening and end every connection."""
        self._listener.close()
        for link in tuple(self._links):
            link.abort()

    def forget(self, link: Link) -> None:
        """It is gone."""
        self._links.discard(link)

    def _accepted(self, accepted: socket.socket) -> None:
        self._served.connections += 1
        if self.kind is Hostility.RESETS:
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
            accepted.close()
            return
        link = Link(accepted, self._loop)
        self._links.add(link)
        link.open(Assault(self, link, self._loop))


class Assault:
    """One connection of one client."""

    __slots__ = ("_begun", "_device", "_drops", "_link", "_loop", "_reader", "_timer")

    def __init__(self, device: HostileServer, link: Link, loop: asyncio.AbstractEventLoop) -> None:
        self._device = device
        self._link = link
        self._loop = loop
        self._reader = RequestReader()
        self._begun = False  # there is nothing more to be said to this client
        self._drops = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: " + b"a" * 4000
        self._timer: asyncio.TimerHandle | None = None

    def received(self, data: bytes) -> None:
        """The first bytes open the floodgates, or a conversation that leads to them."""
        if self._begun:
            return
        match self._device.kind:
            case Hostility.NEVER_ANSWERS | Hostility.RESETS:
                self._begun = True
            case Hostility.GARBAGE_FLOOD:
                self._begun = True
                self._link.pour(hostility.garbage())
            case Hostility.DRIP:
                self._begun = True
                self._drip()
            case _:
                self._converse(data)

    def closed(self) -> None:
        """The client had enough."""
        if self._timer is not None:
            self._timer.cancel()
        self._device.forget(self._link)

    def _drip(self) -> None:
        self._timer = self._loop.call_later(DRIP_PAUSE, self._drip)
        drop, self._drops = self._drops[:1], self._drops[1:]
        self._link.send(drop)

    def _converse(self, data: bytes) -> None:
        try:
            for request in self._reader.feed(data):
                self._answer(request)
                if self._begun or not self._link.is_open:
                    return
        except RequestError:
            self._link.close()

    def _answer(self, request: Request) -> None:
        match self._device.kind, request.method:
            case Hostility.ENDLESS_HEADERS, _:
                self._begun = True
                self._link.send(b"RTSP/1.0 200 OK\r\n")
                self._link.pour(hostility.headers())
            case Hostility.ENDLESS_BODY, _:
                self._announce(request)
                self._link.pour(hostility.filler())
            case Hostility.REDIRECT_LOOP, _:
                self._link.send(reply(request, "302 Moved Temporarily", f"Location: {self._device.plan.url}\r\n"))
            case Hostility.ENDLESS_SDP, "DESCRIBE":
                self._announce(request)
                self._link.send(self._description().encode())
                self._link.pour(hostility.session_description())
            case _, "DESCRIBE":
                headers = f"Content-Base: {self._device.plan.url}/\r\nContent-Type: application/sdp\r\n"
                self._link.send(reply(request, "200 OK", headers, self._description()))
            case _, "SETUP":
                transport = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
                self._link.send(reply(request, "200 OK", f"{SESSION}{transport}"))
            case _, "PLAY":
                self._begun = True
                self._link.send(reply(request, "200 OK", SESSION))
                self._play()
            case _:
                self._link.send(reply(request, "200 OK", SESSION))

    def _announce(self, request: Request) -> None:
        self._begun = True
        headers = f"Content-Type: application/sdp\r\nContent-Length: {ANNOUNCED}\r\n"
        self._link.send(reply(request, "200 OK", headers))

    def _description(self) -> str:
        return (
            f"v=0\r\no=- 1 1 IN IP4 {self._device.plan.host}\r\ns=-\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\n"
            "a=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\n"
            f"a=control:{self._device.plan.control}\r\n"
        )

    def _play(self) -> None:
        """What is left of the kinds; the others never come this far."""
        match self._device.kind:
            case Hostility.ENDLESS_KEY_FRAME:
                self._link.pour(hostility.endless_key_frame(0))
            case Hostility.HUGE_PICTURE:
                self._link.pour(hostility.huge_picture(0))
            case Hostility.DECODE_BOMB:
                self._link.pour(hostility.decode_bomb(0))
            case Hostility.TINY_UNITS:
                self._link.pour(hostility.tiny_units(0))
            case Hostility.TINY_PIECES:
                self._link.pour(hostility.tiny_pieces(0))
            case Hostility.FOREIGN_FLOOD:
                self._link.pour(hostility.foreign_frames())
            case _:
                self._link.pour(hostility.random_packets(0))
