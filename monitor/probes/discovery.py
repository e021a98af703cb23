"""Asks a network which ONVIF devices are there: WS-Discovery by multicast, and by one datagram to each named address.

Decides how fast is asked, how long is waited, and whose answers are read. Must never ask an address twice (a multicast
question is repeated once, as SOAP-over-UDP wants it), read without end, or take an answer from an address that was not
asked.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from monitor.clock import Clock
from monitor.errors import RemoteProtocolError, SharpEyesError
from monitor.onvif.discovery import GROUP, PORT, Match, matches, probe, usable_sender
from monitor.parsing.ranges import is_local

ANY: Final = "0.0.0.0"  # noqa: S104 - only to receive what answers a question of ours
MULTICAST_REPEAT: Final = timedelta(milliseconds=250)  # between the two sendings of one multicast question
MAX_AT_ONCE: Final = 16  # datagrams read in one turn of the loop: the worst of them takes 75 ms to read
_LARGEST: Final = 64 * 1024  # bytes; no datagram is larger
_RECEIVE_BUFFER: Final = 4 * 1024 * 1024  # bytes: a whole town may answer a multicast question within half a second

Progress = Callable[[int, int, int], None]  # addresses asked, of so many, devices found


@dataclass(frozen=True, slots=True)
class SurveyLimits:
    """How politely is asked, and how much is taken in."""

    per_second: int = 50  # questions
    patience: timedelta = timedelta(seconds=2)  # after the last one; devices may wait half a second on purpose
    answers_of_one: int = 4  # datagrams read of one address; a recorder may answer several times
    most: int = 4096  # addresses whose answers are read
    port: int = PORT


@dataclass(frozen=True, slots=True)
class Answered:
    """One device, and the address that answered for it."""

    host: str
    match: Match


@dataclass(slots=True)
class Survey:
    """What came of it so far."""

    answered: dict[Answered, None] = field(default_factory=dict)  # in the order of the answers, none twice
    unreadable: Counter[str] = field(default_factory=Counter)  # answers of an address that are none
    ignored: int = 0  # datagrams too many, or from an address that was not asked
    unsent: int = 0  # questions the network refused to carry ...
    unrouted: int = 0  # ... of them, those by multicast from the usual interface: mostly there is no default route


async def survey(
    addresses: Sequence[str],
    interfaces: Collection[str],
    message_id: str,
    *,
    clock: Clock,
    limits: SurveyLimits,
    progress: Progress = lambda *_: None,
) -> Survey:
    """Ask each address once, and by multicast the network of each interface (its address, or ANY for the usual one).

    Takes about ``len(addresses) / per_second`` seconds and ``patience``. Raises SharpEyesError when an interface cannot
    be used.
    """
    found = Survey()
    listeners: list[_Listener] = []
    question = probe(message_id)
    try:
        groups = [_Listener(interface, None, message_id, limits, found) for interface in interfaces]
        listeners += groups
        for repeated in range(2 if groups else 0):
            if repeated:
                await clock.sleep(MULTICAST_REPEAT)
            for listener in groups:
                listener.ask(GROUP, question)
        if addresses:
            direct = _Listener(ANY, frozenset(addresses), message_id, limits, found)
            listeners.append(direct)
            began = clock.monotonic()
            for asked, address in enumerate(addresses):
                due = began + asked / limits.per_second
                await clock.sleep(timedelta(seconds=due - clock.monotonic()))
                direct.ask(address, question)
                progress(asked + 1, len(addresses), len(found.answered))
        await clock.sleep(limits.patience)
    finally:
        for listener in listeners:
            listener.close()
    return found


class _Listener:
    """One socket that asks and reads what answers."""

    def __init__(
        self, interface: str, asked: Collection[str] | None, message_id: str, limits: SurveyLimits, found: Survey
    ) -> None:
        """``asked``: whose answers are read; None for those of all local addresses."""
        self._asked = asked
        self._usual_group = asked is None and interface == ANY
        self._message_id = message_id
        self._limits = limits
        self._found = found
        self._read_of: Counter[str] = Counter()
        self._loop = asyncio.get_running_loop()
        self._socket = _open(interface)
        self._loop.add_reader(self._socket, self._read)

    def ask(self, address: str, question: bytes) -> None:
        """Send it; what cannot be sent is counted."""
        try:
            self._socket.sendto(question, (address, self._limits.port))
        except OSError:
            self._found.unsent += 1
            self._found.unrouted += self._usual_group

    def close(self) -> None:
        """Give the port back."""
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _read(self) -> None:
        for _ in range(MAX_AT_ONCE):
            try:
                data, (host, _) = self._socket.recvfrom(_LARGEST)
            except OSError:  # nothing more for now
                return
            self._take(data, host)

    def _take(self, data: bytes, host: str) -> None:
        found, limits = self._found, self._limits
        wanted = is_local(host) if self._asked is None else host in self._asked
        known = host in self._read_of or len(self._read_of) < limits.most
        if not (wanted and known and usable_sender(host)) or self._read_of[host] >= limits.answers_of_one:
            found.ignored += 1
            return
        self._read_of[host] += 1
        try:
            found.answered |= dict.fromkeys(Answered(host, match) for match in matches(data, self._message_id))
        except RemoteProtocolError:
            found.unreadable[host] += 1


def _open(interface: str) -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        one.setblocking(False)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        one.bind((interface, 0))
        if interface != ANY:
            one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(interface))
    except OSError as error:
        one.close()
        raise SharpEyesError(
            f"cannot ask from {interface}: {error.strerror}; name an address of this machine by --interface"
        ) from None
    return one
