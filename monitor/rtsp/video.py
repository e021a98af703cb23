"""The video track after PLAY: from raw packets of its channel to one key frame, or to the reason why none came."""

from __future__ import annotations

from monitor.model import Cause, Codec, KeyFrame
from monitor.rtsp.budget import Budget
from monitor.rtsp.depacketiser import Depacketiser
from monitor.rtsp.h264 import H264
from monitor.rtsp.h265 import H265
from monitor.rtsp.jpeg import KNOWN_TYPES, JpegDepacketiser
from monitor.rtsp.nal import NalDepacketiser
from monitor.rtsp.rtp import FIXED, PLAIN, Buffer, RtpPacket, SequenceCounter, parse
from monitor.rtsp.sdp import Track

_HEADER, _UNPACK = FIXED.size, FIXED.unpack_from
_INTERLEAVED = 4  # bytes before an interleaved packet
# STAP-B, MTAP16, MTAP24 and FU-B of H.264: units with decoding order numbers, which no camera is known to send.
_INTERLEAVED_TYPES = frozenset({25, 26, 27, 29})
_EXTENDED_TYPE = 50  # PACI of H.265 (RFC 7798 §4.4.4): units behind an extended header
ADOPT_AFTER = 50  # packets of one payload type the description did not announce


class Video:
    """Collects one key frame of one track."""

    __slots__ = (
        "_broken", "_budget", "_depacketiser", "_interleaved", "_keyed", "_other", "_payload_type", "_sequence",
        "_source", "_take", "adopted", "codec", "lost", "not_rtp", "packets",
    )  # fmt: skip

    def __init__(self, track: Track, limit: int, budget: Budget) -> None:
        """``limit`` is the largest key frame in bytes; ``budget`` is told of what is found inside packets."""
        self.codec = track.codec
        self.packets = 0  # RTP packets of any payload type
        self.lost = 0  # packets missing by their sequence numbers
        self.not_rtp = 0  # what came in their place: RTCP on the channel of the video
        self.adopted = False  # the stream bears another payload type than the description announced
        self._payload_type = track.payload_type
        self._interleaved = track.interleaved
        self._keyed = track.keyed
        self._other = dict[int, int]()  # payload types not announced -> packets
        self._sequence = SequenceCounter()
        self._source = -1  # the stream we follow; -1 = none yet
        self._broken = False  # packets are missing before the next one
        self._budget = budget
        self._depacketiser = _depacketiser(track, limit, budget)
        self._take = self._depacketiser.push

    @property
    def waiting(self) -> bool:
        """Whether a key frame is held that may be complete, but more of it may follow."""
        return self._depacketiser.waiting

    @property
    def empty(self) -> bool:
        """Whether nothing is held of a key frame."""
        return self._depacketiser.empty

    def pause(self) -> None:
        """No packet came for a moment. That proves nothing by itself."""
        self._depacketiser.pause()

    def settle(self) -> KeyFrame | None:
        """Nothing more will come: the key frame that was held and looks complete, if there is one."""
        return self._key_frame(self._depacketiser.settle())

    def push(self, data: Buffer, start: int = 0, stop: int = -1) -> KeyFrame | None:
        """Take the packet in ``[start, stop)`` of the channel's bytes; the key frame when it is complete.

        Raises KeyFrameTooLarge.
        """
        if stop < 0:
            stop = len(data)
        if stop - start >= _HEADER:
            flags, kind, sequence, timestamp, source = _UNPACK(data, start)
            # Nearly every packet is the next one of our stream with nothing beside its payload.
            if (
                flags == PLAIN
                and sequence == self._sequence.expected
                and source == self._source
                and kind & 0x7F == self._payload_type
                and not self._broken
            ):
                self.packets += 1
                self._sequence.expected = (sequence + 1) & 0xFFFF
                frame = self._take(data, start + _HEADER, stop, timestamp, kind > 0x7F, False)
                return None if frame is None else self._key_frame(frame)
        packet = parse(data, start, stop)
        if packet is None:
            self.not_rtp += 1
            return None
        return self._push(data, packet)

    def run(self, data: bytearray, before: int, start: int, end: int) -> int:
        """Take the interleaved packets in ``[start, end)`` that only go on with what the one before began.

        ``before`` is where that one begins; it ends at ``start``. Gives where the first packet begins that ``push``
        must take.
        """
        if self._broken or start - before < _INTERLEAVED + _HEADER:
            return start
        flags, kind, _, _, source = _UNPACK(data, before + _INTERLEAVED)
        if (flags, kind & 0x7F, source) != (PLAIN, self._payload_type, self._source):
            return start  # whatever push made of it: what looks the same is no packet of ours in the middle of a unit
        start, taken = self._depacketiser.run(data, before, start, end, self._sequence.expected)
        self._sequence.expected = (self._sequence.expected + taken) & 0xFFFF
        self.packets += taken
        self._budget.pieces += taken
        return start

    def _push(self, data: Buffer, packet: RtpPacket) -> KeyFrame | None:
        self.packets += 1
        if packet.payload_type != self._payload_type:
            if packet.source == self._source:
                self._sequence.passes(packet.sequence)
            self._adopt(packet.payload_type)
            return None
        if self._is_late(packet):
            return None
        lost, self._broken = self._broken, False
        frame = self._take(data, packet.start, packet.stop, packet.timestamp, packet.marker, lost, packet.extension)
        return self._key_frame(frame)

    def _key_frame(self, data: bytes | None) -> KeyFrame | None:
        return None if data is None else KeyFrame(self.codec, data, self.lost)

    def _is_late(self, packet: RtpPacket) -> bool:
        """Whether its turn is over; counts what is missing before it."""
        if packet.source != self._source:
            self._broken = self._broken or self._source >= 0
            self._source = packet.source
            self._sequence.expected = -1
        missing = self._sequence.missing(packet.sequence)
        self.lost += max(0, missing)
        if missing < 0:
            # A copy is harmless. Else it is a late part of a hole, or a new picture by a count that went back.
            ahead = (packet.timestamp - self._depacketiser.timestamp) & 0xFFFFFFFF
            copy = self._sequence.came_before(packet.sequence) and not 0 < ahead < 0x80000000
            self._broken = self._broken or not copy
            return True
        self._broken = self._broken or missing > 0
        return False

    def shortfall(self, *, silent: bool) -> tuple[Cause, str]:
        """Why there is no key frame although packets came; ``silent`` when they have stopped."""
        account = self._depacketiser.account
        seen = f"{self.packets} packets, {self.lost} lost, {self._types()}"
        if self._other:
            seen += f", payload types not announced: {', '.join(map(str, sorted(self._other)))}"
        if silent:
            return Cause.STREAM_STALLED, seen
        damaged = account.damaged > 0 and self.lost > 0
        if self._keyed and not damaged:
            return Cause.STREAM_ENCRYPTED, f"the description offers keys for SRTP, {seen}"
        if unread := self._unread():
            return Cause.CODEC_UNSUPPORTED, f"{unread}, not read, {seen}"
        if account.undescribed:
            return Cause.PARAMETER_SETS_MISSING, seen
        if damaged:
            return Cause.STREAM_DAMAGED, f"{account.damaged} key frames with packets missing, {seen}"
        return Cause.NO_KEYFRAME, seen

    def _unread(self) -> str:
        """What we do not read of what came; "" = nothing of that kind."""
        types = self._depacketiser.account.types
        if self._interleaved or (self.codec is Codec.H264 and types & _INTERLEAVED_TYPES):
            return "units in interleaved order"
        if self.codec is Codec.H265 and _EXTENDED_TYPE in types:
            return "units behind an extended header (PACI)"
        return "an unknown JPEG type" if self.codec is Codec.MJPEG and types and not types & KNOWN_TYPES else ""

    def _types(self) -> str:
        name = "JPEG types" if self.codec is Codec.MJPEG else "NAL types"
        return f"{name} {', '.join(map(str, sorted(self._depacketiser.account.types))) or 'none'}"

    def _adopt(self, payload_type: int) -> None:
        """Believe the stream when it never uses the number the description announced, and only one other."""
        self._other[payload_type] = self._other.get(payload_type, 0) + 1
        if self._other == {payload_type: ADOPT_AFTER} and self.packets == ADOPT_AFTER:
            self._payload_type = payload_type
            self.adopted = True


def _depacketiser(track: Track, limit: int, budget: Budget) -> Depacketiser:
    match track.codec:
        case Codec.H264:
            return NalDepacketiser(H264, track.parameter_sets, limit, budget)
        case Codec.H265:
            return NalDepacketiser(H265, track.parameter_sets, limit, budget)
        case Codec.MJPEG:
            return JpegDepacketiser((track.width, track.height), limit)
