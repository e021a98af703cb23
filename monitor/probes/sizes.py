"""How large a picture may be, and what a still picture's header says of itself before anything is decoded.

Decides only what is too large to be looked at. Must never believe a header further than that: the decoder has limits
of its own.
"""

from __future__ import annotations

import struct

from monitor.language import Phrase

MAX_PIXELS = 7680 * 4320  # 8K; a 16k x 16k parameter set would ask for 400 MB
MAX_SIDE = 16384  # pixels: H.264 knows none beyond, and no sensor has them
_PNG = b"\x89PNG\r\n\x1a\n"
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers of JPEG without a length
_NO_FRAMES = frozenset({0xC4, 0xC8, 0xCC})  # of the markers 0xC0 to 0xCF those that begin no frame


class PictureTooLarge(ValueError):
    """A picture beyond the limits; its text says how large it is, in both languages: a result tells it as it stands."""

    def __init__(self, told: Phrase) -> None:
        super().__init__(f"{told.zh} / {told.en}")
        self.told = told


def check_size(width: int, height: int) -> None:
    """PictureTooLarge for what is not looked at."""
    if max(width, height) > MAX_SIDE:
        raise PictureTooLarge(
            Phrase(
                f"{width}×{height}: 边长过大，最多 {MAX_SIDE}",
                f"{width}×{height}: too wide or high, at most {MAX_SIDE} a side",
            )
        )
    if width * height > MAX_PIXELS:
        raise PictureTooLarge(
            Phrase(
                f"{width}×{height}: 画面过大，最多 {MAX_PIXELS} 像素",
                f"{width}×{height}: too large, at most {MAX_PIXELS} pixels",
            )
        )


def announced(head: bytes) -> tuple[int, int] | None:
    """Width and height by the first bytes of a JPEG or PNG file; None where they do not say."""
    if head.startswith(_PNG) and len(head) >= 24:
        width, height = struct.unpack_from("!II", head, 16)
        return width, height
    return _announced_by_jpeg(head) if head.startswith(b"\xff\xd8") else None


def _announced_by_jpeg(head: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(head):
        if head[at] != 0xFF:
            return None
        marker = head[at + 1]
        if marker == 0xFF or marker in _BARE:
            at += 1 if marker == 0xFF else 2
        elif 0xC0 <= marker <= 0xCF and marker not in _NO_FRAMES:
            height, width = struct.unpack_from("!HH", head, at + 5)
            return width, height
        else:
            at += 2 + max(2, int.from_bytes(head[at + 2 : at + 4], "big"))
    return None
