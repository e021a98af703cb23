"""What comes in: messages and packets over one connection, datagrams beside it, and the key frame they make.

Decides what is a packet of the video and whose turn it is. Knows nothing of the conversation; must never keep anything
of one connection for the next.
"""

from __future__ import annotations

from monitor.model import KeyFrame
from monitor.rtsp.budget import Budget
from monitor.rtsp.connection import Connection, Interleaved
from monitor.rtsp.ordering import Ordering
from monitor.rtsp.sdp import Track
from monitor.rtsp.session import OUR_CHANNEL
from monitor.rtsp.video import ADOPT_AFTER, Video


class Reception:
    """Of one run. The methods that take packets raise KeyFrameTooLarge."""

    __slots__ = (
        "_budget", "_max_keyframe_bytes", "_ordering", "_reports", "adopted", "channel", "connection", "video",
    )  # fmt: skip

    def __init__(self, budget: Budget, max_keyframe_bytes: int) -> None:
        self.channel = OUR_CHANNEL  # of the video on the connection
        self.adopted = False  # the video comes on another channel than the device said
        self._budget = budget
        self._max_keyframe_bytes = max_keyframe_bytes
        self.leave_connection()

    def leave_connection(self) -> None:
        """What comes next comes over another connection, and belongs to another session."""
        self.connection = Connection(self._budget)
        self.video: Video | None = None  # None before a description came
        self._ordering = Ordering()
        self._reports = 0

    def expect(self, track: Track) -> None:
        """Packets of this track will come."""
        self.video = Video(track, self._max_keyframe_bytes, self._budget)
        self.connection.wanted = track.payload_type

    @property
    def received(self) -> int:
        """How many bytes came in the whole run."""
        return self._budget.received

    @property
    def packets(self) -> int:
        """How many packets of the video came."""
        return self.video.packets + self._ordering.held if self.video else 0

    @property
    def waiting(self) -> bool:
        """Whether a key frame is held that may be complete, but more of it may follow."""
        return self.video is not None and self.video.waiting

    @property
    def empty(self) -> bool:
        """Whether nothing is held of a key frame."""
        return self.video is not None and self.video.empty

    @property
    def reports(self) -> bool:
        """Whether RTCP came, where it should or in the place of the video."""
        astray = self.video is not None and self.video.not_rtp > 0
        return self._reports > 0 or astray or self.channel + 1 in self.connection.foreign

    @property
    def other_channels(self) -> set[int]:
        """The channels nobody asked for that carried something."""
        return self.connection.foreign - {self.channel, self.channel + 1}

    def interleaved(self) -> KeyFrame | None:
        """Take the packets that stand next on the connection, up to a key frame."""
        connection, video = self.connection, self.video
        if video is None:
            return None
        frame = connection.packets(self.channel, video)
        if connection.astray and not video.packets and max(connection.astray.values()) >= ADOPT_AFTER:
            self._look_elsewhere()
        return frame

    def _look_elsewhere(self) -> None:
        """Our channel stays empty: believe the stream when one other, and only one, carries what was announced."""
        if len(self.connection.astray) == 1:
            (self.channel,) = self.connection.astray
            self.adopted = True

    def behind_noise(self, packet: Interleaved) -> KeyFrame | None:
        """Take a packet that became an event of its own."""
        return self.video.push(packet.data) if self.video is not None and packet.channel == self.channel else None

    def datagram(self, data: bytes) -> KeyFrame | None:
        """Take a datagram that came to the port of the video."""
        return self._in_turn(self._ordering.take(data))

    def report(self) -> None:
        """A datagram came to the port of RTCP."""
        self._reports += 1

    def pause(self) -> None:
        """Nothing came for a moment. That proves nothing by itself."""
        if self.video is not None:
            self.video.pause()

    def settle(self) -> KeyFrame | None:
        """Nothing more will come: what is held of datagrams, and the key frame that looks complete."""
        frame = self._in_turn(self._ordering.rest())
        return self.video.settle() if frame is None and self.video is not None else frame

    def _in_turn(self, datagrams: list[bytes]) -> KeyFrame | None:
        return next(filter(None, map(self.video.push, datagrams)), None) if self.video is not None else None
