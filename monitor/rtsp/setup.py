"""The attempts at SETUP: by which URL, by which way of transport, and what a refusal leads to.

Decides the next attempt; asks nothing itself. Must come to an end: every URL, every way and a fresh description are
tried once.
"""

from __future__ import annotations

from enum import Enum

from monitor.model import Note, Transport
from monitor.rtsp.ending import TRANSPORT_REFUSALS
from monitor.rtsp.session import OnChannel, ToPorts, granted, transport_header

OTHER_URL = frozenset({400, 404, 454, 459, 460})  # answers that may mean: this track, but by another URL
_DESCRIBE_AGAIN = frozenset({400, 454, 455})  # answers to a second SETUP of devices that allow one for a description


_OTHER = {Transport.TCP: Transport.UDP, Transport.UDP: Transport.TCP}


class After(Enum):
    """What comes after an attempt that failed."""

    ANOTHER = "another attempt"
    DESCRIBE_AGAIN = "a fresh description over another connection"
    NOTHING = "nothing: the refusal stands"


class Setup:
    """What was tried and what is left."""

    __slots__ = (
        "_changed_here",
        "_left",
        "_other_way",
        "_redescribed",
        "notes",
        "port",
        "refusal",
        "url",
        "urls",
        "way",
    )

    def __init__(self, first: Transport) -> None:
        self.way = first
        self._other_way = [_OTHER[first]]  # until it is taken
        self.port = 0  # of ours, for RTP as datagrams; 0 = none is open yet
        self.urls: tuple[str, ...] = ()  # what the description can mean, the likeliest first
        self.url = ""  # of the last attempt
        self.refusal = ""  # what the device said to the first way
        self.notes: set[Note] = set()
        self._left: list[str] = []  # URLs not tried yet
        self._changed_here = self._redescribed = False

    def begin(self, urls: tuple[str, ...]) -> None:
        """A description came: start with its likeliest URL."""
        self.urls = urls
        self.url, *self._left = urls

    def leave_connection(self) -> None:
        """The next attempt is made over another connection."""
        self._changed_here = False

    @property
    def wants_port(self) -> bool:
        """Whether a port of ours must be open before the next attempt."""
        return self.way is Transport.UDP and not self.port

    @property
    def header(self) -> str:
        """The Transport header of the next attempt."""
        return transport_header(self.way, self.port)

    def refused(self, status: int, line: str) -> After:
        """The device refused the last attempt."""
        if status in _DESCRIBE_AGAIN and self.describe_again():
            return After.DESCRIBE_AGAIN
        if status in OTHER_URL and self._left:
            self.url = self._left.pop(0)
            return After.ANOTHER
        if status not in TRANSPORT_REFUSALS or not self.change_way():
            return After.NOTHING
        self.refusal = line
        if status == 400:  # this says nothing about the URL
            self.begin(self.urls)
        return After.ANOTHER

    def describe_again(self) -> bool:
        """Whether a failure right after a change of transport calls for a fresh description; once."""
        wanted = self._changed_here and not self._redescribed
        self._redescribed = self._redescribed or wanted
        return wanted

    def change_way(self) -> bool:
        """Take the other way of transport; False when it was taken already."""
        if not self._other_way:
            return False
        self.way = self._other_way.pop()
        self._changed_here = True
        self.notes.add(Note.TRANSPORT_CHANGED)
        return True

    def granted(self, header: str) -> OnChannel | ToPorts | None:
        """What the device grants; None when it insists on a way we did not ask for."""
        found = granted(header, self.way)
        if found is None:
            self.refusal = f"answered with {header}"
        elif isinstance(found, OnChannel) and self.way is Transport.UDP:  # it knows better
            self.way = Transport.TCP
            self.notes.add(Note.TRANSPORT_CHANGED)
        if self.url != self.urls[0]:
            self.notes.add(Note.TRACK_URL_REPAIRED)
        return found
