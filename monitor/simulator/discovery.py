"""Fake cameras answer WS-Discovery: each one at its own address, and all of them a multicast question on loopback.

Shares no code with ``monitor.onvif``: what both misread alike would never be seen.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote
from xml.sax.saxutils import escape

from monitor.errors import SharpEyesError

GROUP = "239.255.255.250"
PORT = 3702
LOOPBACK = "127.0.0.1"
SPREAD = 0.4  # seconds over which a town answers a multicast question; WS-Discovery allows a device half a second
AT_ONCE = 64  # datagrams read in one turn of the loop
_LARGEST = 8192  # bytes of a question that are read
_PROBE = re.compile(rb"<(?:[\w.-]+:)?Probe[\s/>]")
_TYPES = re.compile(rb"<(?:[\w.-]+:)?Types[^>]*>([^<]*)<")
_MESSAGE_ID = re.compile(rb"<(?:[\w.-]+:)?MessageID[^>]*>\s*([^<\s]{1,200})\s*<")
_OURS = frozenset({b"NetworkVideoTransmitter", b"Device"})


@dataclass(frozen=True, slots=True)
class Persona:
    """What a fake camera says of itself."""

    host: str
    service: str  # the address of its device service
    vendor: str
    model: str

    @property
    def mac(self) -> str:
        """Made of its address: locally administered, twelve hexadecimal digits."""
        return "02fe" + "".join(f"{int(octet):02x}" for octet in self.host.split("."))

    @property
    def endpoint(self) -> str:
        """The same after every start: a UUID of version 1 with its MAC address at the end, as makers form them."""
        return f"urn:uuid:{uuid.UUID(f'5e5c8e00-7a1f-11f0-8c24-{self.mac}')}"

    def answer(self, question: bytes) -> bytes | None:
        """The ProbeMatches to a Probe it is meant by; None to anything else."""
        message = _MESSAGE_ID.search(question)
        if message is None or not _PROBE.search(question):
            return None
        types = _TYPES.search(question)
        wanted = {word.rpartition(b":")[2] for word in types[1].split()} if types else set()
        if not wanted <= _OURS:
            return None
        scopes = (
            "type/video_encoder", "Profile/Streaming", f"name/{quote(f'{self.vendor} {self.model}')}",
            f"hardware/{quote(self.model)}", f"MAC/{self.mac}", "location/country/china",
        )  # fmt: skip
        return (
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" '
            'xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
            'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" '
            'xmlns:dn="http://www.onvif.org/ver10/network/wsdl" xmlns:tds="http://www.onvif.org/ver10/device/wsdl">'
            f"<SOAP-ENV:Header><wsa:MessageID>urn:uuid:{uuid.uuid4()}</wsa:MessageID>"
            f"<wsa:RelatesTo>{escape(message[1].decode('utf-8', 'replace'))}</wsa:RelatesTo>"
            "<wsa:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</wsa:To>"
            "<wsa:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</wsa:Action>"
            '<d:AppSequence InstanceId="1" MessageNumber="1"/></SOAP-ENV:Header>'
            "<SOAP-ENV:Body><d:ProbeMatches><d:ProbeMatch>"
            f"<wsa:EndpointReference><wsa:Address>{self.endpoint}</wsa:Address></wsa:EndpointReference>"
            "<d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types>"
            f"<d:Scopes>{' '.join(f'onvif://www.onvif.org/{scope}' for scope in scopes)}</d:Scopes>"
            f"<d:XAddrs>{escape(self.service)}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>"
            "</d:ProbeMatch></d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>"
        ).encode()


class Responders:
    """Answer from construction until ``close``. Must be made inside a running loop."""

    def __init__(self, personas: Iterable[Persona], port: int = PORT) -> None:
        """Raises ``SharpEyesError`` and leaves nothing open when an address is taken."""
        self.answered = 0  # questions
        self._loop = asyncio.get_running_loop()
        self._sockets: dict[socket.socket, Persona | None] = {}  # None: the group's
        self._waiting: set[asyncio.TimerHandle] = set()
        try:
            for persona in personas:
                self._listen(persona.host, port, persona)
            if self._sockets:
                self._listen(GROUP, port, None)
        except OSError as error:
            self.close()
            raise SharpEyesError(
                f"cannot listen for WS-Discovery on UDP port {port}: {error.strerror}; does another town do so?"
            ) from error

    def close(self) -> None:
        """Answer nobody any more."""
        for handle in self._waiting:
            handle.cancel()
        for one in self._sockets:
            self._loop.remove_reader(one)
            one.close()
        self._sockets.clear()

    def _listen(self, host: str, port: int, persona: Persona | None) -> None:
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sockets[one] = persona
        one.setblocking(False)
        # Other programs that discover, and other towns, listen on this port too.
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind((host, port))
        if persona is None:
            membership = socket.inet_aton(GROUP) + socket.inet_aton(LOOPBACK)
            one.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
        self._loop.add_reader(one, self._read, one)

    def _read(self, one: socket.socket) -> None:
        for _ in range(AT_ONCE):
            try:
                question, asker = one.recvfrom(_LARGEST)
            except OSError:
                return
            persona = self._sockets[one]
            if persona is not None:
                self._answer(one, persona, question, asker)
            elif asker[0].startswith("127."):
                self._answer_all(question, asker)

    def _answer_all(self, question: bytes, asker: tuple[str, int]) -> None:
        """One after the other, each from its own address."""
        own = [(one, persona) for one, persona in self._sockets.items() if persona is not None]
        for place, (one, persona) in enumerate(own):
            handle = self._loop.call_later(SPREAD * place / len(own), self._answer, one, persona, question, asker)
            self._waiting.add(handle)
        self._waiting = {handle for handle in self._waiting if handle.when() > self._loop.time()}

    def _answer(self, one: socket.socket, persona: Persona, question: bytes, asker: tuple[str, int]) -> None:
        answer = persona.answer(question)
        if answer is not None:
            self.answered += 1
            with contextlib.suppress(OSError):  # the asker's port is closed
                one.sendto(answer, asker)
