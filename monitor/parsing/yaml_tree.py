"""YAML as its writer sees it: texts, lists and mappings, each with its line.

Nothing is guessed: YAML would make 15:00 the number 900, 007 seven and ``no`` false, so a value stays the text it is
until the reader of that key says what it should be. Tags, anchors, aliases and deep nesting are refused: a settings
file has no use for them, and a bomb has no other material.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import yaml

from monitor.errors import WHOLE_FILE, Fault
from monitor.parsing.scalars import invisible, printable

DEEPEST = 12  # lists and mappings inside each other
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # only its parser is used: it makes events, never objects
NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value; ``null`` when nothing was given (an empty value, ``~`` or ``null`` without quotes)."""

    line: int
    text: str
    null: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    line: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One ``key: value`` of a mapping."""

    line: int
    key: str
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with values; no key stands twice."""

    line: int
    entries: tuple[Entry, ...]


Node = Scalar | Sequence | Mapping
Path = tuple[str, ...]  # keys and [numbers] from the top of the file down to a value


class Refused(Exception):
    """The text cannot be taken as a tree; line and reason."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line
        self.what = what


def parse_yaml(content: bytes, file: str, faults: list[Fault]) -> Node | None:
    """The tree of the only document in ``content`` (UTF-8); ``None`` after adding the fault that ended the reading."""
    try:
        text = decoded(content)
        return Builder(text, file, faults).document()
    except Refused as refused:
        faults.append(Fault(file, refused.line, WHOLE_FILE, refused.what))
    return None


def decoded(content: bytes) -> str:
    """The text; raises ``Refused`` at the first character that is not text."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Refused(line, "is not UTF-8: save the file as UTF-8") from None
    for number, line_text in enumerate(lines_of(text), start=1):
        if not line_text.isprintable() and (character := invisible(line_text.replace("\t", " "))):
            raise Refused(number, f"has the control character {character}: delete it")
    return text


def lines_of(text: str) -> list[str]:
    """The lines as an editor counts them."""
    return re.split(r"\r\n|\r|\n", text)


def dotted(path: Path) -> str:
    """``maintenance[2].from``; the first item of a list is [1]."""
    return ".".join(printable(name) for name in path).replace(".[", "[") or WHOLE_FILE


def line_of(event: yaml.Event) -> int:
    """1-based; every event of a parsed text has its mark."""
    return event.start_mark.line + 1 if event.start_mark else 0


def shallow(events: Iterable[yaml.Event]) -> Iterator[yaml.Event]:
    """The same events; raises ``Refused`` at the first list or mapping nested too deep, before anything recurses."""
    depth = 0
    for event in events:
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise Refused(line_of(event), f"is nested more than {DEEPEST} levels deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        yield event


class Builder:
    """Folds the parser's events into nodes."""

    def __init__(self, text: str, file: str, faults: list[Fault]) -> None:
        self.text = text
        self.file = file
        self.faults = faults
        self.events = self.parsed()

    def parsed(self) -> Iterator[yaml.Event]:
        """The events; a syntax error becomes ``Refused``."""
        try:
            yield from shallow(yaml.parse(self.text, Loader=LOADER))
        except yaml.MarkedYAMLError as error:
            raise self.syntax_error(error) from None
        except yaml.YAMLError:
            raise Refused(0, "is not valid YAML") from None

    def syntax_error(self, error: yaml.MarkedYAMLError) -> Refused:
        """What the parser says, and the one mistake nobody sees."""
        lines = lines_of(self.text)
        begun, mark = error.context_mark, error.problem_mark
        number = min(mark.line + 1, len(lines)) if mark else 0  # the end of the file may count as one line more
        indent = re.match(r"\s*", lines[number - 1])
        if indent and "\t" in indent[0]:
            return Refused(number, "is indented with a tab: use spaces")
        since = f", in what begins on line {begun.line + 1}" if begun and begun.line + 1 < number else ""
        return Refused(number, f"is not valid YAML: {error.problem}{since}")

    def document(self) -> Node:
        """The only document."""
        root: Node | None = None
        for event in self.events:
            match event:
                case yaml.DocumentStartEvent() if root is not None:
                    raise Refused(line_of(event), "holds a second document: keep one")
                case yaml.NodeEvent():
                    root = self.node(event, ())
                case _:
                    pass
        if root is None:
            raise Refused(0, "is empty")
        return root

    def node(self, event: yaml.Event, path: Path) -> Node:
        """The node that begins with the event."""
        line = line_of(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Refused(line, "uses an anchor or alias (& or *): write the value out, or put it in quotes")
        if getattr(event, "tag", None) not in (None, "!"):
            raise Refused(line, "uses a tag (!): write the plain value, or put it in quotes")
        match event:
            case yaml.ScalarEvent(value=text):
                return Scalar(line, text, not event.style and text in NULLS)
            case yaml.SequenceStartEvent():
                items = enumerate(self.until(yaml.SequenceEndEvent), start=1)
                return Sequence(line, tuple(self.node(item, (*path, f"[{number}]")) for number, item in items))
            case _:
                return Mapping(line, tuple(self.entries(path)))

    def until(self, end: type[yaml.Event]) -> Iterator[yaml.Event]:
        """The events that begin the nodes inside a list or mapping."""
        for event in self.events:
            if isinstance(event, end):
                return
            yield event

    def entries(self, path: Path) -> Iterator[Entry]:
        """The entries of a mapping; a key that stands twice is a fault and its first value holds."""
        lines: dict[str, int] = {}
        for event in self.until(yaml.MappingEndEvent):
            key = self.node(event, path)
            if not isinstance(key, Scalar):
                raise Refused(key.line, "has a key that is not a plain name")
            inside = (*path, key.text)
            value = self.node(next(self.events), inside)
            if key.text in lines:
                first = lines[key.text]
                self.faults.append(Fault(self.file, key.line, dotted(inside), f"is already on line {first}"))
                continue
            lines[key.text] = key.line
            yield Entry(key.line, key.text, value)
