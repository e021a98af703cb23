"""How cells look: a closed list of looks, and the stylesheet they make. Knows no report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

# The workbook only names its font. Excel on Windows has it; elsewhere a reader takes the nearest it has.
FONT: Final = "Microsoft YaHei"
# Columns of seconds have room for 9,999,999.999999 in any font a reader may take; of instants, for a date and a time.
SECONDS_WIDTH: Final = 18
WHEN_WIDTH: Final = 20
SECONDS_WHOLE: Final = "#,##0"
SECONDS_EXACT: Final = "#,##0.000000"

_FIRST_OWN_FORMAT: Final = 164  # lower ids are Excel's own


class Look(IntEnum):
    """A cell's look; its value is the index in the stylesheet, in the order of ``_RECIPES``."""

    PLAIN = 0
    TITLE = 1
    NOTE = 2
    WARNING = 3
    PART = 4  # the heading of a part of a sheet
    HEADING = 5  # of a column
    TEXT = 6
    WRAPPED = 7
    COUNT = 8
    SECONDS = 9  # exact to the microsecond
    PERCENT = 10
    WHEN = 11  # local
    LENGTH = 12  # days, shown as hours
    POINTS = 13
    MONEY = 14
    CHECK = 15
    STRONG = 16
    BLANK_LINE = 17  # to sign on


@dataclass(frozen=True, slots=True)
class _Recipe:
    """Indices into the parts of the stylesheet."""

    font: int = 0
    fill: int = 0
    border: int = 0
    format: str = "General"
    align: str = ""


_FONTS: Final = (
    '<sz val="10"/>',
    '<b/><sz val="15"/>',
    '<i/><sz val="9"/><color rgb="FF595959"/>',
    '<b/><sz val="11"/><color rgb="FFC00000"/>',
    '<b/><sz val="12"/><color rgb="FF1F3864"/>',
    '<b/><sz val="10"/>',
)
_FILLS: Final = (
    '<patternFill patternType="none"/>',
    '<patternFill patternType="gray125"/>',
    '<patternFill patternType="solid"><fgColor rgb="FFDCE6F1"/><bgColor indexed="64"/></patternFill>',
)
_THIN: Final = '<color rgb="FFBFBFBF"/>'
_BORDERS: Final = (
    "<left/><right/><top/><bottom/><diagonal/>",
    "".join(f'<{side} style="thin">{_THIN}</{side}>' for side in ("left", "right", "top", "bottom")) + "<diagonal/>",
    '<left/><right/><top/><bottom style="thin"><color rgb="FF404040"/></bottom><diagonal/>',
)
_TOP: Final = 'vertical="top"'
_WRAP: Final = 'vertical="top" wrapText="1"'
_MIDDLE: Final = 'horizontal="center" vertical="center" wrapText="1"'
_CENTRE: Final = 'horizontal="center" vertical="top"'

_RECIPES: Final = {
    Look.PLAIN: _Recipe(),
    Look.TITLE: _Recipe(font=1),
    Look.NOTE: _Recipe(font=2, align=_TOP),
    Look.WARNING: _Recipe(font=3),
    Look.PART: _Recipe(font=4),
    Look.HEADING: _Recipe(font=5, fill=2, border=1, align=_MIDDLE),
    Look.TEXT: _Recipe(border=1, format="@", align=_TOP),
    Look.WRAPPED: _Recipe(border=1, format="@", align=_WRAP),
    Look.COUNT: _Recipe(border=1, format="#,##0", align=_TOP),
    Look.SECONDS: _Recipe(border=1, format=SECONDS_EXACT, align=_TOP),
    Look.PERCENT: _Recipe(border=1, format="0.00%", align=_TOP),
    Look.WHEN: _Recipe(border=1, format="yyyy\\-mm\\-dd hh:mm:ss", align=_TOP),
    Look.LENGTH: _Recipe(border=1, format="[h]:mm:ss", align=_TOP),
    Look.POINTS: _Recipe(border=1, align=_TOP),
    Look.MONEY: _Recipe(border=1, format="#,##0.00", align=_TOP),
    Look.CHECK: _Recipe(font=5, border=1, align=_CENTRE),
    Look.STRONG: _Recipe(font=5),
    Look.BLANK_LINE: _Recipe(border=2),
}


class Alarm(IntEnum):
    """What a condition does to a cell; its value is the index among the differential styles."""

    BAD = 0
    MISSED = 1


_ALARMS: Final = {
    Alarm.BAD: '<font><b/><color rgb="FFFFFFFF"/></font>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFC00000"/><bgColor rgb="FFC00000"/></patternFill></fill>',
    Alarm.MISSED: '<font><b/><color rgb="FFC00000"/></font>',
}


def stylesheet(seconds: str) -> str:
    """The part ``styles.xml``, with this number format for seconds."""
    recipes = [_RECIPES[look] for look in Look]
    own = list(dict.fromkeys(recipe.format for recipe in recipes if recipe.format != "General"))
    ids = {"General": 0} | {code: number for number, code in enumerate(own, _FIRST_OWN_FORMAT)}
    formats = (
        f'<numFmt numFmtId="{ids[code]}" formatCode="{seconds if code == SECONDS_EXACT else code}"/>' for code in own
    )
    parts = (
        _listed("numFmts", formats),
        _listed("fonts", (f'<font>{font}<name val="{FONT}"/><family val="2"/></font>' for font in _FONTS)),
        _listed("fills", (f"<fill>{fill}</fill>" for fill in _FILLS)),
        _listed("borders", (f"<border>{border}</border>" for border in _BORDERS)),
        _listed("cellStyleXfs", ['<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>']),
        _listed("cellXfs", (_xf(recipe, ids[recipe.format]) for recipe in recipes)),
        _listed("cellStyles", ['<cellStyle name="Normal" xfId="0" builtinId="0"/>']),
        _listed("dxfs", (f"<dxf>{_ALARMS[alarm]}</dxf>" for alarm in Alarm)),
    )
    return (
        f'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{"".join(parts)}</styleSheet>'
    )


def _xf(recipe: _Recipe, format_id: int) -> str:
    start = (
        f'<xf numFmtId="{format_id}" fontId="{recipe.font}" fillId="{recipe.fill}" borderId="{recipe.border}" xfId="0"'
        ' applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1"'
    )
    return f'{start} applyAlignment="1"><alignment {recipe.align}/></xf>' if recipe.align else f"{start}/>"


def _listed(tag: str, items: Iterator[str] | list[str]) -> str:
    found = list(items)
    return f'<{tag} count="{len(found)}">{"".join(found)}</{tag}>'
