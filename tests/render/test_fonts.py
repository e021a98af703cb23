"""Fonts are believed for what is in them: a font of our own making claims more than it has, and is found out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from monitor.render.fonts import undrawable
from tests.programs import missing

CONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{folder}/cache</cachedir></fontconfig>
"""
# U+6751 as a bitmap, which fontconfig lists and Pango does not use.
BITMAP = """STARTFONT 2.1
FONT -misc-Dots-Medium-R-Normal--8-80-75-75-C-80-ISO10646-1
SIZE 8 75 75
FONTBOUNDINGBOX 8 8 0 0
STARTPROPERTIES 2
CHARSET_REGISTRY "ISO10646"
CHARSET_ENCODING "1"
ENDPROPERTIES
CHARS 1
STARTCHAR uni6751
ENCODING 26449
SWIDTH 1000 0
DWIDTH 8 0
BBX 8 8 0 0
BITMAP
FF
81
81
81
81
81
81
FF
ENDCHAR
ENDFONT
"""


def only_fonts_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let fontconfig know this folder and no other."""
    (folder / "fonts.conf").write_text(CONFIG.format(folder=folder), "utf-8")
    monkeypatch.setenv("FONTCONFIG_FILE", str(folder / "fonts.conf"))
    try:
        undrawable("")
    except OSError as error:
        missing(str(error))
    return folder


def font(path: Path, characters: Iterable[str]) -> None:
    """A TrueType font with a square for each of these characters, that says it is for Chinese whatever is in it."""
    builder, pen = FontBuilder(1000, isTTF=True), TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 900), (900, 900), (900, 0)):
        pen.lineTo(corner)
    pen.closePath()
    square = pen.glyph()
    names = {ord(each): f"u{ord(each):X}" for each in characters}
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap(names)
    builder.setupGlyf(dict.fromkeys((".notdef", *names.values()), square))
    builder.setupHorizontalMetrics(dict.fromkeys((".notdef", *names.values()), (1000, 0)))
    builder.setupHorizontalHeader(ascent=900, descent=-100)
    builder.setupNameTable({"familyName": "Noto Sans CJK SC", "styleName": "Regular"})
    builder.setupOS2(ulCodePageRange1=1 << 18)
    builder.setupPost()
    builder.save(path)


def test_without_any_font_nothing_can_be_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only_fonts_of(tmp_path, monkeypatch)
    assert undrawable("村A村\n 　") == "A村"


def test_a_font_counts_with_what_is_in_it_whatever_it_claims(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    font(only_fonts_of(tmp_path, monkeypatch) / "claims.ttf", "A青")
    assert undrawable("A青溪镇") == "溪镇"


def test_several_fonts_complete_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = only_fonts_of(tmp_path, monkeypatch)
    font(folder / "first.ttf", "青溪")
    font(folder / "second.ttf", "镇\U0002000b")
    assert undrawable("青溪镇𠀋") == ""


def test_a_bitmap_font_draws_nothing_in_a_pdf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (only_fonts_of(tmp_path, monkeypatch) / "dots.bdf").write_text(BITMAP, "ascii")
    assert undrawable("村") == "村"


def test_a_selector_of_variants_needs_no_glyph_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    font(only_fonts_of(tmp_path, monkeypatch) / "plain.ttf", "葛")
    assert undrawable("葛\U000e0100\ufe0f") == ""
