"""One cell at a time: a value, or a formula with the value it has now, as XML. Texts are kept once for the workbook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import Final, TypeAlias

from monitor.render.layout import clean
from monitor.render.xlsx.looks import Look

Value: TypeAlias = "str | int | float | None"  # None and "" are an empty cell

LONGEST_TEXT: Final = 32_767  # UTF-16 units: Excel's limit for a cell
ROWS: Final = 1_048_576  # Excel's limit for a sheet
COLUMNS: Final = 16_384
CUT: Final = "…"

# Excel reads _x000D_ as a character of that code; one that is meant as it stands has its underscore coded.
_CODED: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_LETTERS: Final = 26


def letter(number: int) -> str:
    """The letters of a column; 0 is A."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, _LETTERS)
        text = chr(ord("A") + rest) + text
    return text


def quoted(text: str) -> str:
    """A text inside a formula."""
    return '"' + text.replace('"', '""') + '"'


def markup(text: str) -> str:
    """A text as the content of an element: what may not stand in XML becomes ``�``, what is too long ends in ``…``.

    Lines stay lines; nothing else that cannot be printed does.
    """
    kept = "\n".join(map(clean, text.replace("\r\n", "\n").split("\n")))
    if len(kept) * 2 > LONGEST_TEXT and len(kept.encode("utf-16-le", "replace")) > 2 * LONGEST_TEXT:
        units = kept.encode("utf-16-le", "replace")[: 2 * (LONGEST_TEXT - 1)]
        kept = units.decode("utf-16-le", "ignore") + CUT
    return escape(_CODED.sub("_x005F_", kept), quote=True)


class Texts:
    """Every text of a workbook once, in the order of its first use."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def part(self) -> str:
        """The part ``sharedStrings.xml``."""
        items = "".join(f'<si><t xml:space="preserve">{markup(text)}</t></si>' for text in self._numbers)
        return (
            '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
            f' uniqueCount="{len(self._numbers)}">{items}</sst>'
        )

    def cell(self, value: Value, look: Look) -> str:
        """The cell without its address. A text is never taken for a formula, whatever it begins with."""
        return next(self.cells([value], look))

    def cells(self, values: Iterable[Value], look: Look) -> Iterator[str]:
        """A column's cells from above to below. There may be millions: what can be done once is done here."""
        numbers, style = self._numbers, f' s="{look:d}"'
        empty, text, number = f"{style}/>", f'{style} t="s"><v>', f"{style}><v>"
        for value in values:
            if value is None or value == "":
                yield empty
            elif isinstance(value, str):
                yield f"{text}{numbers.setdefault(value, len(numbers))}</v></c>"
            else:
                yield f"{number}{value!r}</v></c>"


def formula_cells(tags: Iterable[str], values: Iterable[Value], look: Look) -> Iterator[str]:
    """A column's formulas, each with the value that a reader sees who does not recalculate."""
    style = f' s="{look:d}"'
    text, number = f'{style} t="str">', f"{style}>"
    for value, tag in zip(values, tags):  # noqa: B905 - a formula that holds for all rows is said without end
        if isinstance(value, str):
            yield f"{text}{tag}<v>{markup(value)}</v></c>"
        else:
            yield f"{number}{tag}</c>" if value is None else f"{number}{tag}<v>{value!r}</v></c>"


def formula_cell(expression: str, value: Value, look: Look) -> str:
    """One such cell without its address."""
    return next(formula_cells([formula_tag(expression)], [value], look))


def formula_tag(expression: str) -> str:
    """The element of a formula of one cell."""
    return f"<f>{escape(expression, quote=False)}</f>"
