"""Sends a camera's film to one client: the first frame at once, then frame by frame in real time."""

from __future__ import annotations

import asyncio
import secrets
import struct
from collections.abc import Sequence
from typing import Protocol

from monitor.simulator.clips import Clip
from monitor.simulator.faults import Behaviour, Media
from monitor.simulator.link import Link

HEADER = struct.Struct(">BBHBBHII")  # interleaved prefix (RFC 2326, 10.12) and RTP header (RFC 3550, 5.1) as one
RTP_HEADER_SIZE = 12
MARKER = 0x80


class Film(Protocol):
    """What a player asks of its camera, again for every group of pictures."""

    @property
    def clip(self) -> Clip:
        """What the camera sees now."""
        ...

    @property
    def behaviour(self) -> Behaviour:
        """How the camera behaves now."""
        ...

    def first_group(self) -> int:
        """Whose key frame is the first one a new session gets."""
        ...

    def first_frame(self) -> int:
        """With which frame of that group; 0 is the key frame."""
        ...


class Player:
    """One running stream."""

    def __init__(self, film: Film, link: Link, channel: int) -> None:
        self._film = film
        self._link = link
        self._loop = asyncio.get_running_loop()
        self._channel = channel
        self._clip = film.clip
        self._position = film.first_frame()  # of the group: which frame is next
        key_group = film.first_group()
        self._group = key_group if self._position == 0 else (key_group - 1) % self._clip.groups
        self._ticks = 0  # frames since PLAY
        self._started = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._waits_for_key = False
        begin = secrets.randbits(80)  # three random beginnings, as RFC 3550 asks
        self.sequence, self.timestamp, self.ssrc = begin & 0xFFFF, begin >> 16 & 0xFFFFFFFF, begin >> 48

    def start(self) -> bytes:
        """The first frame as bytes to be sent behind the reply to PLAY; the rest follows by itself."""
        self._started = self._loop.time()
        return self._next()

    def stop(self) -> None:
        """Send nothing any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tick(self) -> None:
        frame = self._next()
        if frame:
            self._link.send(frame)

    def _next(self) -> bytes:
        """What is due now, and an appointment for the next frame."""
        if self._position == self._clip.length:
            self._position = 0
            replays = self._film.behaviour.replays
            self._group = self._film.first_group() if replays else (self._group + 1) % self._clip.groups
        if self._position == 0:
            self._clip = self._film.clip
        self._ticks += 1
        due = self._started + self._ticks / self._clip.fps
        self._timer = self._loop.call_at(due, self._tick)
        frame = self._packets(self._clip.frames[self._group * self._clip.length + self._position], self._share_due())
        self._position += 1
        self.timestamp = self.timestamp + self._clip.ticks & 0xFFFFFFFF
        return frame

    def _share_due(self) -> float:
        """How much of the current frame is sent: all of it, half of it or nothing."""
        key = self._position == 0
        behaviour = self._film.behaviour
        if behaviour.frozen and not key:
            return 0  # the encoder gives the same key frame again and again, and nothing else
        if self._link.unsent or (self._waits_for_key and not key):
            self._waits_for_key = True  # what depends on a frame left out is of no use
            return 0
        self._waits_for_key = False
        match behaviour.media:
            case Media.FLOWS:
                return 1
            case Media.NOTHING:
                return 0
            case Media.NO_KEY_FRAMES:
                return 0 if key else 1
            case Media.HALF_A_KEY_FRAME:
                if key:
                    self.stop()
                return 0.5 if key else 0

    def _packets(self, payloads: Sequence[bytes], share: float) -> bytes:
        """The first packets of a frame with their headers; only the last one of the whole frame carries the marker."""
        parts: list[bytes] = []
        sequence, last, kind = self.sequence, len(payloads) - 1, self._clip.payload_type
        for number, payload in enumerate(payloads[: int(len(payloads) * share)]):
            size = RTP_HEADER_SIZE + len(payload)
            type_ = MARKER | kind if number == last else kind
            parts.append(HEADER.pack(0x24, self._channel, size, 0x80, type_, sequence, self.timestamp, self.ssrc))
            parts.append(payload)
            sequence = sequence + 1 & 0xFFFF
        self.sequence = sequence
        return b"".join(parts)
