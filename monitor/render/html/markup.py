"""HTML and SVG as values: a text is a ``str`` and always escaped; only a ``Markup`` is taken as it is.

Names of cameras and sites are input. The type checker keeps the promise: nothing outside this file makes a ``Markup``
from a text that was not escaped. ``None`` children are left out, so that a part may be missing without an ``if``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from string import Formatter
from typing import Final, TypeAlias

from monitor.render.layout import clean

VOID: Final = frozenset({"meta", "br"})


@dataclass(frozen=True, slots=True)
class Markup:
    """Source that may stand in a document as it is."""

    source: str


Child: TypeAlias = "Markup | str | None"


def element(tag: str, /, *children: Child, **attributes: str | int) -> Markup:
    """One element. ``class_`` means ``class``, and other underscores in an attribute's name mean hyphens."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_escaped(str(value))}"' for name, value in attributes.items()
    )
    if tag in VOID:
        return Markup(f"<{tag}{written}>")
    return Markup(f"<{tag}{written}>{joined(*children).source}</{tag}>")


def joined(*children: Child) -> Markup:
    """Children one after the other, without an element around them."""
    return Markup("".join(map(_source, children)))


def lines(parts: Iterable[Markup]) -> Markup:
    """Each part on its own line, so that two reports can be compared line by line."""
    return Markup("\n".join(part.source for part in parts))


def filled(template: str, **values: Child) -> Markup:
    """A phrase with ``{name}`` fields, filled with children; its own text is escaped."""
    pieces: list[Child] = []
    for text, name, _, _ in Formatter().parse(template):
        pieces += [text, values[name] if name else None]
    return joined(*pieces)


def name(text: str) -> Markup:
    """A text other people wrote: whatever direction it runs in, it leaves its neighbours alone."""
    return element("bdi", text)


def stylesheet(source: str) -> Markup:
    """Our own style, as it is; ``</`` would end it and is refused."""
    if "</" in source:
        raise ValueError("a stylesheet must not contain '</'")
    return Markup(f"<style>\n{source}</style>")


def css_string(text: str) -> str:
    """A text as a quoted CSS string: everything but plain letters and digits as its code point."""
    plain = (each if each.isascii() and each.isalnum() else f"\\{ord(each):x} " for each in clean(text))
    return f'"{"".join(plain)}"'


def _source(child: Child) -> str:
    match child:
        case None:
            return ""
        case Markup(source):
            return source
        case str():
            return _escaped(child)


def _escaped(text: str) -> str:
    return escape(clean(text))
