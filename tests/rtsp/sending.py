"""Senders that set their marks where they like, lines that lose, repeat and dawdle, and what comes through whole."""

from __future__ import annotations

from dataclasses import dataclass, replace

from monitor.model import Codec, KeyFrame
from monitor.rtsp.budget import Budget
from monitor.rtsp.reception import Reception
from monitor.rtsp.sdp import Track
from tests.rtsp.footage import aggregate, fragments, interleaved, jpeg, jpeg_packets, jpeg_segments, rtp, units
from tests.rtsp.recipes import access_units, is_slice, slice_data, type_of

MARKS = ("last", "never", "every-packet", "every-slice", "first-packets")
TRUE_MARKS = ("last", "never")
ENDS = ("last", "never", "every")
SIZES = (60, 200, 700)
PIECES = {Codec.H264: 28, Codec.H265: 49}
FILE = jpeg(64, 64)


@dataclass(frozen=True)
class Sender:
    """How a sender packs and marks its pictures."""

    codec: Codec
    slices: int = 1
    marks: str = "last"  # on which packets of a picture the marker is set
    ends: str = "last"  # on which pieces of a unit the end bit is set
    size: int = 200  # bytes of a payload
    together: bool = False  # small units share a packet

    def stream(self) -> list[bytes]:
        """Three times a key frame and two other pictures, or nine frames of MJPEG."""
        made: list[bytes] = []
        kind = 26 if self.codec is Codec.MJPEG else 96
        for number, parts in enumerate(self._pictures() * 3):
            for at, (payload, ends_slice) in enumerate(parts):
                last = at == len(parts) - 1
                marker = {
                    "last": last,
                    "never": False,
                    "every-packet": True,
                    "every-slice": ends_slice,
                    "first-packets": last or at < 2,
                }[self.marks]
                made.append(rtp(payload, 65500 + len(made), 3600 * number, marker=marker, payload_type=kind))
        return made

    def beginnings(self) -> list[int]:
        """Where each picture begins in the stream."""
        stamps = [packet[4:8] for packet in self.stream()]
        return [at for at, stamp in enumerate(stamps) if at == 0 or stamp != stamps[at - 1]]

    def reception(self) -> Reception:
        """Where its packets go."""
        made = Reception(Budget(10**9), 10**6)
        made.expect(Track(self.codec, 26 if self.codec is Codec.MJPEG else 96))
        return made

    def _pictures(self) -> list[list[tuple[bytes, bool]]]:
        """The payloads of each picture, and whether a slice ends with them."""
        if self.codec is Codec.MJPEG:
            packets = jpeg_packets(FILE, quality=60, size=self.size)
            return [[(packet[12:], packet is packets[-1]) for packet in packets]] * 3
        return [self._payloads(units(picture)) for picture in access_units(self.codec, self.slices)]

    def _payloads(self, picture: list[bytes]) -> list[tuple[bytes, bool]]:
        made: list[tuple[bytes, bool]] = []
        small = [unit for unit in picture if len(unit) <= self.size and not is_slice(self.codec, unit)]
        if self.together and len(small) > 1:
            made.append((aggregate(self.codec, small), False))
            picture = [unit for unit in picture if unit not in small]
        for unit in picture:
            parts = fragments(self.codec, unit, self.size) if len(unit) > self.size else [unit]
            made += [(self._ended(part), part is parts[-1] and is_slice(self.codec, unit)) for part in parts]
        return made

    def _ended(self, part: bytes) -> bytes:
        at = 1 if self.codec is Codec.H264 else 2
        if type_of(self.codec, part) != PIECES[self.codec] or self.ends == "last":
            return part
        flags = part[at] | 0x40 if self.ends == "every" else part[at] & ~0x40
        return part[:at] + bytes((flags,)) + part[at + 1 :]


@dataclass(frozen=True)
class Line:
    """What the way does to the packets; the numbers are places in the stream."""

    joined: int = 0  # the first packet that is seen
    lost: frozenset[int] = frozenset()
    repeated: frozenset[int] = frozenset()
    delay: int = 0  # packets between one and its copy
    pauses: frozenset[int] = frozenset()  # before these
    silences: frozenset[int] = frozenset()  # before these, long ones
    overtaken: frozenset[int] = frozenset()  # datagrams that come after the next two
    datagrams: bool = False

    def with_silences(self, sender: Sender, places: frozenset[int]) -> Line:
        """The same line as a connection that falls silent for long.

        Anywhere while the sender's marks are true, else only between pictures that came whole.
        """
        if sender.marks in TRUE_MARKS:
            return replace(self, silences=places, datagrams=False)
        between = places & set(sender.beginnings())
        return replace(self, silences=between, lost=frozenset[int](), datagrams=False)

    def carry(self, reception: Reception, stream: list[bytes]) -> KeyFrame | None:
        """The first key frame."""
        order = range(self.joined, len(stream))
        for at in sorted(order, key=lambda at: (at + 3 * (self.datagrams and at in self.overtaken), at)):
            if at in self.pauses:
                reception.pause()
            if at in self.silences and (frame := reception.settle()) is not None:
                return frame
            came = [stream[at]] if at not in self.lost else []
            came += [stream[at - self.delay]] if at - self.delay in self.repeated and at >= self.delay else []
            for packet in came:
                if (frame := self._bring(reception, packet)) is not None:
                    return frame
        return reception.settle()

    def _bring(self, reception: Reception, packet: bytes) -> KeyFrame | None:
        if self.datagrams:
            return reception.datagram(packet)
        reception.connection.receive_data(interleaved([packet]))
        return reception.interleaved()


def received(sender: Sender, line: Line) -> KeyFrame | None:
    return line.carry(sender.reception(), sender.stream())


def is_whole(sender: Sender, frame: KeyFrame) -> bool:
    """Whether it is the key frame that was sent, to the last byte of picture data."""
    if sender.codec is Codec.MJPEG:
        return jpeg_segments(frame.data)[1] == jpeg_segments(FILE)[1]
    picture = access_units(sender.codec, sender.slices)[0]
    return slice_data(sender.codec, frame.data) == slice_data(sender.codec, picture)
