"""What differs between codecs made of NAL units. States it; reads no unit itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NalSyntax:
    """How a codec writes its NAL units and packs them into RTP."""

    header: int  # bytes of the NAL header
    shift: int  # bits the type is shifted by in the first byte
    mask: int  # the bits of the type
    aggregation: int  # the type that holds several units
    fragmentation: int  # the type that holds a piece of one unit
    slices: frozenset[int]  # the types that carry picture data
    key_slices: frozenset[int]  # those of a picture that needs no other
    parameter_sets: tuple[int, ...]  # the types a decoder needs one of each, in the order it wants them
    unit_header: Callable[[bytes, int], bytes]  # (payload of a piece, type) -> the header of the whole unit
    announces_entry: Callable[[bytes], bool]  # whether the unit says that decoding may begin at the next picture
    is_intra: Callable[[bytes], bool]  # whether a slice after such an announcement needs no other picture
