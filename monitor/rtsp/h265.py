"""What is particular to H.265 in RTP (RFC 7798): two header bytes, other NAL types, a third parameter set."""

from __future__ import annotations

from monitor.rtsp.nal_syntax import NalSyntax


def _unit_header(payload: bytes, unit_type: int) -> bytes:
    return bytes((payload[0] & 0x81 | unit_type << 1, payload[1]))


def _never(_unit: bytes) -> bool:
    """Every entry point of H.265 has a NAL type of its own."""
    return False


H265 = NalSyntax(
    header=2,
    shift=1,
    mask=0x3F,
    aggregation=48,
    fragmentation=49,
    slices=frozenset(range(32)),
    key_slices=frozenset(range(16, 22)),
    parameter_sets=(32, 33, 34),
    unit_header=_unit_header,
    announces_entry=_never,
    is_intra=_never,
)
