"""What is particular to H.264 in RTP (RFC 6184): NAL types, fragments, and I pictures that are entry points."""

from __future__ import annotations

from monitor.rtsp.nal_syntax import NalSyntax

_SEI = 6
_RECOVERY_POINT = 6
_MAX_MESSAGES = 64  # of one SEI unit that are read
_INTRA_SLICES = frozenset({2, 4, 7, 9})  # slice_type I and SI (H.264 table 7-6)


def _unit_header(payload: bytes, unit_type: int) -> bytes:
    return bytes((payload[0] & 0xE0 | unit_type,))


def _announces_entry(unit: bytes) -> bool:
    """Whether an SEI unit holds a recovery point message (H.264 D.1.8)."""
    if unit[0] & 0x1F != _SEI:
        return False
    at = 1
    for _ in range(_MAX_MESSAGES):
        if at + 2 >= len(unit):  # the last byte is the stop bit
            return False
        numbers = []
        for _ in ("type", "size"):
            number = 0
            while at < len(unit) and unit[at] == 0xFF and number < len(unit):
                number += 0xFF
                at += 1
            numbers.append(number + (unit[at] if at < len(unit) else 0))
            at += 1
        if numbers[0] == _RECOVERY_POINT:
            return True
        at += numbers[1]
    return False


def _is_intra(unit: bytes) -> bool:
    """Whether the slice header (H.264 7.3.3) names an intra type."""
    bits = int.from_bytes(unit[1:13].ljust(12, b"\0"), "big")
    position = 95
    numbers = []
    for _ in ("first_mb_in_slice", "slice_type"):
        zeros = 0
        while position > 0 and not bits >> position & 1:
            zeros += 1
            position -= 1
        position -= zeros
        if position < 0:
            return False
        numbers.append((bits >> position & (1 << zeros + 1) - 1) - 1)
        position -= 1
    return numbers[1] in _INTRA_SLICES


H264 = NalSyntax(
    header=1,
    shift=0,
    mask=0x1F,
    aggregation=24,
    fragmentation=28,
    slices=frozenset({1, 5}),
    key_slices=frozenset({5}),
    parameter_sets=(7, 8),
    unit_header=_unit_header,
    announces_entry=_announces_entry,
    is_intra=_is_intra,
)
