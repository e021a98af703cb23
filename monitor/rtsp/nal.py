"""From RTP payloads to one complete key frame in Annex B, for codecs made of NAL units (H.264, H.265).

Decides where a picture begins and ends and whether all of it came. Must never hand out a picture with a hole: a unit
with a lost packet is dropped and the next one awaited. Must never hold more than the byte limit.

The marker bit ends a picture (RFC 6184 §5.1), but some senders set it on every slice, or on every packet. So it is
believed at once only behind a slice that ended without one; else the picture waits for the next to begin, or for a long
silence (``settle``), which is believed as well unless this sender was seen to go on behind a marker. A short pause
proves nothing by itself: a line may stand still between two slices. The end bit of a piece is no proof either: the unit
is whole when something else follows.
"""

from __future__ import annotations

import re
import struct

from monitor.rtsp.budget import Budget
from monitor.rtsp.depacketiser import Account, KeyFrameTooLarge
from monitor.rtsp.nal_syntax import NalSyntax
from monitor.rtsp.rtp import Buffer

MAX_PARAMETER_SETS = 32  # of one type
MAX_PARAMETER_SET = 16 * 1024  # bytes of one; real ones have less than a thousand
MAX_PARTS = 1000  # of one unit, found by the start codes inside
UNIT_COST = (
    100  # bytes that holding a unit, or a piece of one, costs beyond its own: many tiny ones are no small picture
)
MAX_FIRST_SLICES = 2  # of one picture: each of its two fields has one, and each covers all of it

_START_CODE = b"\x00\x00\x00\x01"
_SHORT_START_CODE = b"\x00\x00\x01"
_ANY_START_CODE = re.compile(rb"(?<!\x00)\x00{2,}\x01")  # a run of zeros is looked at once, not from each of them


# The head of an interleaved packet (RFC 2326 §10.12) and of RTP: dollar and channel, size, flags and payload type,
# sequence number, timestamp and source. The payload follows: the codec's header, then the flags of the piece.
_PIECE = struct.Struct("!HHHHQ")

_MARKER = 0x80  # beside the payload type
_FIRST, _LAST = 0x80, 0x40  # flags of a piece: the first of its unit, the last
_WHOLE = _FIRST | _LAST


class NalDepacketiser:
    """RTP packets in order of arrival in, the first complete key frame out."""

    __slots__ = (
        "_announcement", "_astray", "_budget", "_damaged", "_first_slices", "_fragment_size", "_fragment_type",
        "_fragments", "_header", "_holed", "_limit", "_mark", "_marked", "_middle", "_middle_first", "_paused",
        "_plain_slices", "_renewed", "_sets", "_size", "_slices", "_syntax", "_touched", "_unmarked", "account",
        "timestamp",
    )  # fmt: skip

    def __init__(self, syntax: NalSyntax, parameter_sets: tuple[bytes, ...], limit: int, budget: Budget) -> None:
        """``parameter_sets`` come from the description; those in the stream win. ``limit`` is in bytes.

        ``budget`` is told of units inside packets and inside other units.
        """
        self.account = Account()
        self._syntax = syntax
        self._header = syntax.header
        self._plain_slices = syntax.slices - syntax.key_slices
        self._limit = limit
        self._budget = budget
        self._sets: dict[int, list[bytes]] = {}
        for unit in parameter_sets:
            self._sets.setdefault(self._type(unit[0]), []).append(unit)
        self.timestamp = -1
        self._fragments: list[bytes | bytearray] = []  # of the open unit; empty when nobody waits for it
        self._fragment_size = 0
        self._fragment_type = -1  # -1 = no unit is open
        self._middle = -1  # the flags of a middle piece of the open unit; -1 = no unit is open
        self._middle_first = 0  # the first byte of its pieces
        self._slices: list[bytes] = []
        self._first_slices = 0  # those that begin a picture
        self._renewed: set[int] = set()  # types of parameter sets this unit brought
        self._size = 0  # bytes held for this unit
        self._announcement = b""  # the unit that said decoding may begin at this picture: the decoder wants it too
        self._damaged = self._touched = False
        self._holed = False  # packets are missing in this picture or right before it
        self._unmarked = 0  # the first slice of this picture that ended without the marker, counted from 1; 0 = none
        self._mark: tuple[int, int] | None = None  # what was held when a doubtful marker came
        self._marked = -1  # the timestamp of the picture data that bore the marker last
        self._astray = False  # more data of a picture came behind its marker: this sender's markers end nothing
        self._paused = False  # nothing came for a moment after that

    def push(
        self,
        data: Buffer,
        start: int,
        stop: int,
        timestamp: int,
        marker: bool,
        lost: bool,
        extension: bytes = b"",  # noqa: ARG002 - NAL units need none
    ) -> bytes | None:
        """Take one payload, ``lost`` when packets are missing before it; the key frame when it is complete."""
        at = start + self._header
        if stop <= at:
            return self._begin(timestamp, lost)
        # Nearly every packet is the next piece in the middle of a unit: kept, or passed over where nobody waits for it.
        if (
            data[at] == self._middle
            and data[start] == self._middle_first
            and timestamp == self.timestamp
            and not (lost or marker)
        ):
            if self._fragments:
                self._keep(data[at + 1 : stop])
            return None
        if not (lost or self._holds) and self._passes_over(data, start, at, timestamp, marker=marker):
            return None
        if timestamp != self.timestamp or lost:
            done = self._begin(timestamp, lost)
            if done is not None:
                return done
        elif self._paused:
            self._paused = False
            if self._begins_picture(data, start, at):
                return self._finish(complete=True)
        ended = self._take(data, start, stop)
        if ended >= 0 and ended not in self._syntax.slices:  # some devices set the marker on parameter sets as well
            return None
        self._note_marker(timestamp, marker=marker)
        return self._slice_ended(marker=marker) if ended >= 0 and self._holds else None

    def _note_marker(self, timestamp: int, *, marker: bool) -> None:
        """Picture data came, to its marker or past it."""
        if timestamp == self._marked:
            self._astray = True
        if marker:
            self._marked = timestamp

    def _begins_picture(self, data: Buffer, start: int, at: int) -> bool:
        """Whether the packet begins another picture although its timestamp is the same: some never change it."""
        unit_type = self._type(data[start])
        if unit_type == self._syntax.fragmentation:
            unit_type = data[at] & self._syntax.mask if data[at] & _FIRST else -1
            at += 1
        if unit_type in self._syntax.slices:
            return at < len(data) and data[at] >= 0x80  # "first of the picture"
        return unit_type in self._syntax.parameter_sets

    def _passes_over(self, data: Buffer, start: int, at: int, timestamp: int, *, marker: bool) -> bool:
        """Whether the packet brings a slice nobody waits for while nothing is held: then only its type is noted.

        Between two key frames all packets are such.
        """
        first, syntax = data[start], self._syntax
        unit_type, flags = first >> syntax.shift & syntax.mask, _WHOLE
        if unit_type == syntax.fragmentation:
            flags = data[at]
            unit_type = flags & syntax.mask
        if unit_type not in self._plain_slices or not (unit_type or data[start + 1]):  # it begins with a start code
            return False
        if flags & _FIRST:
            self.account.types.add(unit_type)
        if flags & _WHOLE or timestamp != self.timestamp:
            self.timestamp = timestamp
            self._fragment_type = self._middle = -1
        if flags & _WHOLE == _FIRST:
            self._fragment_type, self._middle, self._middle_first = unit_type, flags & ~_WHOLE, first
        if flags & _WHOLE or marker:
            self._note_marker(timestamp, marker=marker)
        return True

    def run(self, data: bytearray, before: int, start: int, end: int, sequence: int) -> tuple[int, int]:
        """Take the packets of ``[start, end)`` that only go on with the unit of the one before, or bring nothing.

        The same as ``push`` for each of them, several times as fast. ``before`` is where the packet before begins in
        the interleaved stream, ``sequence`` the number due next. Gives where the first packet begins that is something
        else, and how many were taken.
        """
        if not self._holds:
            return self._skim(data, before, start, end, sequence)
        like, _, kind, _, stamp = _PIECE.unpack_from(data, before)
        if self._middle < 0 or kind & _MARKER or stamp >> 32 != self.timestamp:
            return start, 0  # no unit is open; or it was late, and the open unit is of another picture
        flags, least = _PIECE.size + self._header, _PIECE.size + self._header + 1
        pieces, size, at, taken = self._fragments, 0, start, 0
        while at + least <= end:
            channel, length, this_kind, number, this_stamp = _PIECE.unpack_from(data, at)
            stop = at + 4 + length
            if (
                number != sequence
                or this_stamp != stamp
                or data[at + flags] != self._middle
                or data[at + _PIECE.size] != self._middle_first
                or this_kind != kind
                or channel != like
                or not at + least <= stop <= end
            ):
                break
            if pieces:
                pieces.append(data[at + least : stop])
                size += stop - at - least + UNIT_COST
            sequence = (sequence + 1) & 0xFFFF
            taken += 1
            at = stop
        self._fragment_grew(size)
        return at, taken

    def _skim(self, data: bytearray, before: int, start: int, end: int, sequence: int) -> tuple[int, int]:
        """As ``run`` while nothing is held: as far as there are only slices nobody waits for."""
        like, _, kind, _, stamp = _PIECE.unpack_from(data, before)
        kind, source = kind & ~_MARKER, stamp & 0xFFFFFFFF
        header, size, plain, types = self._header, _PIECE.size, self._plain_slices, self.account.types
        shift, mask, fragmentation = self._syntax.shift, self._syntax.mask, self._syntax.fragmentation
        least, at, taken = size + header + 1, start, 0
        while at + least <= end:
            channel, length, this_kind, number, stamp = _PIECE.unpack_from(data, at)
            stop, first, flags = at + 4 + length, data[at + size], _WHOLE
            unit_type = first >> shift & mask
            if unit_type == fragmentation:
                flags = data[at + size + header]
                unit_type = flags & mask
            if (
                number != sequence
                or stamp & 0xFFFFFFFF != source
                or unit_type not in plain
                or not (unit_type or data[at + size + 1])
                or this_kind & ~_MARKER != kind
                or channel != like
                or not at + least <= stop <= end
            ):
                break
            if flags & _WHOLE or stamp >> 32 != self.timestamp:
                self.timestamp, self._fragment_type, self._middle = stamp >> 32, -1, -1
                if flags & _FIRST:
                    types.add(unit_type)
                    if not flags & _LAST:
                        self._fragment_type, self._middle, self._middle_first = unit_type, flags & ~_WHOLE, first
            if flags & _WHOLE or this_kind & _MARKER:
                if stamp >> 32 == self._marked:
                    self._astray = True
                if this_kind & _MARKER:
                    self._marked = stamp >> 32
            sequence = (sequence + 1) & 0xFFFF
            taken += 1
            at = stop
        return at, taken

    @property
    def waiting(self) -> bool:
        """Whether a key frame is held that may be complete, but more slices may follow."""
        return self._mark is not None

    @property
    def empty(self) -> bool:
        """Whether nothing is held, and the picture under way is of no use."""
        return not self._holds

    def pause(self) -> None:
        """No packet came for a moment: a packet that looks like the beginning of a picture now is one."""
        self._paused = self._mark is not None

    def settle(self) -> bytes | None:
        """Nothing more will come: what ends with its only marker is whole, unless this sender's markers end nothing."""
        held = (len(self._slices), self._fragment_size)
        return self._finish(complete=True) if self._mark == held and not self._astray else None

    def _begin(self, timestamp: int, lost: bool) -> bytes | None:
        """A packet of another picture, or one with a hole before it."""
        if timestamp == self.timestamp:
            if lost:
                self._holed = True
                self._damage()
            return None
        self._holed = self._holed or lost
        done = self._finish(complete=not lost) if self._holds else None
        self._forget_fragments()
        self.timestamp, self._mark, self._unmarked, self._holed = timestamp, None, 0, lost
        return done

    @property
    def _holds(self) -> bool:
        """Whether the unit brought anything but slices nobody waits for."""
        return bool(
            self._slices or self._fragments or self._touched or self._renewed or self._announcement or self._damaged
        )

    def _slice_ended(self, *, marker: bool) -> bytes | None:
        """A slice ended with this packet, or looks so: with a marker that is believed it was the last."""
        number = len(self._slices) + bool(self._fragments)
        if not marker:
            self._unmarked = self._unmarked or number
        elif not number or (0 < self._unmarked < number and self._mark is None):
            return self._finish(complete=True)
        else:
            self._mark = (len(self._slices), self._fragment_size)
        return None

    def _type(self, first_byte: int) -> int:
        return first_byte >> self._syntax.shift & self._syntax.mask

    def _take(self, data: Buffer, start: int, stop: int) -> int:
        """Take the units of one packet; the type of the last one that ends with it, -1 for none."""
        unit_type = self._type(data[start])
        if unit_type == self._syntax.fragmentation:
            return self._take_fragment(data, start, stop)
        self._close_fragment()
        starts_with_code = not data[start] and not data[start + 1]
        if unit_type in self._plain_slices and not starts_with_code and not self._wanted(unit_type):
            self.account.types.add(unit_type)  # not worth a copy
            return unit_type
        if unit_type != self._syntax.aggregation:
            return self._add(bytes(data[start:stop]))
        at, found = start + self._syntax.header, 0
        while at + 2 < stop:
            size = data[at] << 8 | data[at + 1]
            if not size:  # padding, up to the end
                break
            found, at = found + 1, at + 2
            unit_type = self._add(bytes(data[at : min(at + size, stop)]))
            at += size
        self._budget.pieces += found
        return unit_type

    def _take_fragment(self, data: Buffer, start: int, stop: int) -> int:
        at = start + self._syntax.header
        flags = data[at]
        unit_type = flags & self._syntax.mask
        if flags & _FIRST:
            self._close_fragment()
            self._fragment_type = unit_type
            self._middle, self._middle_first = flags & ~_WHOLE, data[start]
            self.account.types.add(unit_type)
            if self._wanted(unit_type) or not (unit_type or data[start + 1]):  # or begins with a start code
                self._keep(self._syntax.unit_header(bytes(data[start:at]), unit_type))
        if unit_type in self._syntax.key_slices:
            self._touched = True
        if self._fragments:
            self._keep(data[at + 1 : stop])
        # Devices change the type inside a unit: the first one counts. Without its beginning there is no unit.
        return self._fragment_type if flags & _LAST else -1

    def _keep(self, piece: Buffer) -> None:
        """One more piece of the open unit; a view is copied, because nothing of the packet may be kept."""
        self._fragments.append(bytes(piece) if isinstance(piece, memoryview) else piece)
        self._fragment_grew(len(piece) + UNIT_COST)

    def _fragment_grew(self, size: int) -> None:
        self._fragment_size += size
        if self._size + self._fragment_size > self._limit:
            raise KeyFrameTooLarge(self._limit)

    def _close_fragment(self) -> None:
        """The unit of the pieces so far is complete."""
        pieces = self._fragments
        self._forget_fragments()
        if pieces:
            self._add(b"".join(pieces))

    def _forget_fragments(self) -> None:
        self._fragments = []
        self._fragment_size = 0
        self._fragment_type = self._middle = -1

    def _wanted(self, unit_type: int) -> bool:
        """Slices of pictures that are no key frame are passed over without copying them."""
        if unit_type not in self._syntax.slices:
            return True
        return not self._damaged and (unit_type in self._syntax.key_slices or bool(self._announcement or self._slices))

    def _add(self, unit: bytes) -> int:
        unit_type = self._type(unit[0])
        if unit_type in self._syntax.slices and unit[:2] != b"\0\0":
            self.account.types.add(unit_type)
            self._add_slice(unit, unit_type)
            return unit_type
        # Some devices leave Annex B start codes inside: several units in one.
        parts = _ANY_START_CODE.split(unit, MAX_PARTS) if _SHORT_START_CODE in unit else [unit]
        self._budget.pieces += len(parts)
        for part in parts:
            if len(part) <= self._syntax.header:
                continue
            unit_type = self._type(part[0])
            self.account.types.add(unit_type)
            if unit_type in self._syntax.slices:
                self._add_slice(part, unit_type)
            elif unit_type in self._syntax.parameter_sets:
                self._add_parameter_set(part, unit_type)
            elif self._syntax.announces_entry(part):
                self._bound(len(part))
                self._announcement = part
        return unit_type

    def _add_slice(self, unit: bytes, unit_type: int) -> None:
        key = unit_type in self._syntax.key_slices
        self._touched = self._touched or key
        if not self._wanted(unit_type) or len(unit) <= self._syntax.header:
            return
        after_key = bool(self._slices) and self._type(self._slices[0][0]) in self._syntax.key_slices
        if not key and not after_key and not self._syntax.is_intra(unit):
            self._announcement = b""
            self._forget_slices()
            return
        # The first bit after the header says "first of the picture" in both codecs: without it, the start is missing.
        first = unit[self._syntax.header] >> 7
        self._first_slices += first
        if not self._first_slices or self._first_slices > MAX_FIRST_SLICES:
            self._damage()
            return
        self._slices.append(unit)
        self._size += len(unit) + UNIT_COST
        self._bound(0)

    def _add_parameter_set(self, unit: bytes, unit_type: int) -> None:
        if unit_type not in self._renewed:
            self._renewed.add(unit_type)
            self._sets[unit_type] = []
        held = self._sets[unit_type]
        if len(unit) <= MAX_PARAMETER_SET and len(held) < MAX_PARAMETER_SETS and unit not in held:
            held.append(unit)

    def _bound(self, more: int) -> None:
        if self._size + more > self._limit:
            raise KeyFrameTooLarge(self._limit)

    def _damage(self) -> None:
        """Packets of the unit are missing: what is left of it is of no use."""
        self._damaged = True
        self._mark = None
        self._forget_slices()
        self._forget_fragments()
        self._size = 0

    def _forget_slices(self) -> None:
        self._slices.clear()
        self._first_slices = 0

    def _finish(self, *, complete: bool) -> bytes | None:
        """End the unit; the key frame when it was one."""
        if complete:
            self._close_fragment()
        frame = None
        if self._slices and complete and not self._damaged:
            sets = [unit for unit_type in self._syntax.parameter_sets for unit in self._sets.get(unit_type, ())]
            if all(self._sets.get(unit_type) for unit_type in self._syntax.parameter_sets):
                announced = [self._announcement] if self._announcement else []
                frame = _START_CODE.join([b"", *sets, *announced, *self._slices])
            else:
                self.account.undescribed += 1
        elif self._touched and self._holed:  # else it was joined in the middle
            self.account.damaged += 1
        # What was announced may follow with another timestamp than its announcement.
        if self._slices or self._damaged or not complete:
            self._announcement = b""
        self._damage()
        self._renewed.clear()
        self._damaged = self._touched = self._paused = False
        self._unmarked = 0
        return frame
