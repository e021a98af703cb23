"""Which characters no installed font can draw: asks fontconfig, from which the PDF takes its fonts.

A font counts with the characters that are in it, not with the languages it claims, and only if Pango uses its kind.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CDLL, POINTER, Structure, byref, c_char_p, c_int, c_uint32, c_void_p
from typing import Final

LIBRARY: Final = {"darwin": "libfontconfig.1.dylib", "win32": "fontconfig-1.dll"}.get(
    sys.platform, "libfontconfig.so.1"
)
# What Pango can shape; bitmap and Type 1 fonts, which fontconfig lists as well, it passes over.
USABLE: Final = frozenset({b"TrueType", b"CFF"})
MATCH: Final = 0  # FcResultMatch
SETS: Final = (0, 1)  # FcSetSystem, FcSetApplication

# Selectors choose a variant of the character before them; a font without the variant draws the character itself.
_SELECTORS: Final = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))


class _FontSet(Structure):
    _fields_ = (("count", c_int), ("room", c_int), ("fonts", POINTER(c_void_p)))


def undrawable(text: str) -> str:
    """The characters of the text that are in no installed font, each once, ascending. OSError without fontconfig."""
    missing = {each for each in text if not each.isspace()} - _SELECTORS
    library = _library()
    with _fonts(library) as fonts:
        for font in fonts:
            if not missing:
                break
            missing = {each for each in missing if not library.FcCharSetHasChar(font, ord(each))}
    return "".join(sorted(missing))


@contextmanager
def _fonts(library: CDLL) -> Iterator[Iterator[c_void_p]]:
    """The set of characters of every usable font; what is on disk now, whatever was read before."""
    config = library.FcInitLoadConfigAndFonts()
    if not config:
        raise OSError("fontconfig cannot load its configuration")
    try:
        yield (found for number in SETS for found in _characters(library, library.FcConfigGetFonts(config, number)))
    finally:
        library.FcConfigDestroy(config)


def _characters(library: CDLL, address: int | None) -> Iterator[c_void_p]:
    """What each usable font of the set at the address can draw; no set has no fonts."""
    fonts = _FontSet() if address is None else _FontSet.from_address(address)
    for index in range(fonts.count):
        pattern, kind, characters = fonts.fonts[index], c_char_p(), c_void_p()
        if library.FcPatternGetString(pattern, b"fontformat", 0, byref(kind)) != MATCH or kind.value not in USABLE:
            continue
        if library.FcPatternGetCharSet(pattern, b"charset", 0, byref(characters)) == MATCH:
            yield characters


def _library() -> CDLL:
    library = CDLL(LIBRARY)
    library.FcInitLoadConfigAndFonts.restype = c_void_p
    library.FcConfigGetFonts.argtypes = (c_void_p, c_int)
    library.FcConfigGetFonts.restype = c_void_p
    library.FcConfigDestroy.argtypes = (c_void_p,)
    library.FcConfigDestroy.restype = None
    library.FcPatternGetString.argtypes = (c_void_p, c_char_p, c_int, POINTER(c_char_p))
    library.FcPatternGetCharSet.argtypes = (c_void_p, c_char_p, c_int, POINTER(c_void_p))
    library.FcCharSetHasChar.argtypes = (c_void_p, c_uint32)
    return library
