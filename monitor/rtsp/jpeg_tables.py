"""The tables of the JPEG standard (ITU-T T.81 annex K) that RTP leaves out."""

from __future__ import annotations

import struct
from functools import cache

# Quantisation steps row by row (tables K.1 and K.2).
_LUMINANCE = bytes.fromhex(
    "100b0a101828333d0c0c0e131a3a3c370e0d1018283945380e11161d3357503e12162538446d674d182337405168715c"
    "31404e5767797865485c5f6270646763"
)
_CHROMINANCE = bytes.fromhex(
    "1112182f6363636312151a4263636363181a3863636363632f4263636363636363636363636363636363636363636363"
    "63636363636363636363636363636363"
)
# Numbers of codes by length, then the values (tables K.3 to K.6).
_LUMINANCE_DC = bytes.fromhex("00010501010101010100000000000000000102030405060708090a0b")
_CHROMINANCE_DC = bytes.fromhex("00030101010101010101010000000000000102030405060708090a0b")
_LUMINANCE_AC = bytes.fromhex(
    "0002010303020403050504040000017d01020300041105122131410613516107227114328191a1082342b1c11552d1f0"
    "2433627282090a161718191a25262728292a3435363738393a434445464748494a535455565758595a63646566676869"
    "6a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5"
    "c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa"
)
_CHROMINANCE_AC = bytes.fromhex(
    "00020102040403040705040400010277000102031104052131061241510761711322328108144291a1b1c109233352f0"
    "156272d10a162434e125f11718191a262728292a35363738393a434445464748494a535455565758595a636465666768"
    "696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3"
    "c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa"
)


def _zigzag() -> list[int]:
    """The places of an 8 by 8 block in the order JPEG writes them (T.81 figure 5)."""
    cells = [(row, column) for row in range(8) for column in range(8)]
    # Along each diagonal; the odd ones run downwards, the even ones upwards.
    cells.sort(key=lambda cell: (sum(cell), cell[0] if sum(cell) % 2 else cell[1]))
    return [8 * row + column for row, column in cells]


def _segment(number: int, table: bytes) -> bytes:
    return struct.pack("!HHB", 0xFFC4, 3 + len(table), number) + table


HUFFMAN_SEGMENTS = (
    _segment(0x00, _LUMINANCE_DC)
    + _segment(0x10, _LUMINANCE_AC)
    + _segment(0x01, _CHROMINANCE_DC)
    + _segment(0x11, _CHROMINANCE_AC)
)


@cache
def quantisation_tables(quality: int) -> tuple[bytes, bytes]:
    """Luminance and chrominance tables in zigzag order for a quality below 128 (RFC 2435 §4.2)."""
    quality = min(max(quality, 1), 99)
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    order = _zigzag()

    def scaled(table: bytes) -> bytes:
        return bytes(min(max((table[place] * scale + 50) // 100, 1), 255) for place in order)

    return scaled(_LUMINANCE), scaled(_CHROMINANCE)
