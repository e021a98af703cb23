"""One mapping of a YAML file, read key by key: what is never asked for is an unknown key.

A wrong value is a fault and the default takes its place, so that one reading finds everything that is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TypeVar

from monitor.errors import WHOLE_FILE, Fault
from monitor.parsing.scalars import near_only, suggestion
from monitor.parsing.yaml_tree import Mapping, Node, Path, Scalar, Sequence, dotted, parse_yaml

T = TypeVar("T")


def whole_file(content: bytes, file: str, faults: list[Fault]) -> Section | None:
    """The mapping a file consists of; ``None`` after a fault."""
    match parse_yaml(content, file, faults):
        case Mapping() as node:
            return Section(file, (), node, faults)
        case None:
            return None
        case node:
            faults.append(Fault(file, node.line, WHOLE_FILE, "must be a mapping of keys and values"))
            return None


def single_text(node: Node) -> str:
    """The text of a single value; raises ``ValueError`` for anything else."""
    match node:
        case Scalar():
            if node.null:
                raise ValueError("has no value")
            return node.text
        case Sequence():
            raise ValueError("must be a single value, not a list")
        case Mapping():
            raise ValueError("must be a single value, not a mapping")


class Section:
    """Use it in a ``with``: on leaving, every key nobody asked for is a fault with the nearest known name."""

    def __init__(self, file: str, path: Path, node: Mapping, faults: list[Fault]) -> None:
        self.file = file
        self.path = path
        self.node = node
        self.faults = faults
        self.values = {entry.key: entry.value for entry in node.entries}
        self.lines = {entry.key: entry.line for entry in node.entries}
        self.known: list[str] = []

    def __enter__(self) -> Section:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        unused = [name for name in self.known if name not in self.lines]
        for key in [key for key in self.lines if key not in self.known and kind is None]:
            self.fault(key, f"is not a known key{near_only(key, unused) or suggestion(key, self.known)}")

    def fault(self, key: str, what: str) -> None:
        """Say what is wrong with a key; with one that is absent, on the line of the section."""
        self.faults.append(Fault(self.file, self.lines.get(key, self.node.line), dotted((*self.path, key)), what))

    def wrote(self, key: str) -> bool:
        """Whether the key stands in the file."""
        return key in self.lines

    def given(self, key: str) -> bool:
        """Whether the key stands in the file with something under it."""
        match self.values.get(key):
            case None | Scalar(null=True) | Sequence(items=()):
                return False
            case _:
                return True

    def get(self, key: str) -> Node | None:
        """The value as it stands; the key is known from now on. ``None``: absent."""
        self.known.append(key)
        return self.values.get(key)

    def read(self, key: str, parse: Callable[[str], T], default: T) -> T:
        """A single value; the default when the key is absent or its value is a fault."""
        node = self.get(key)
        return default if node is None else self.one(key, node, parse, default)

    def maybe(self, key: str, parse: Callable[[str], T]) -> T | None:
        """A single value without a default; ``null`` and absence mean ``None``."""
        node = self.get(key)
        if node is None or (isinstance(node, Scalar) and node.null):
            return None
        return self.one(key, node, parse, None)

    def need(self, key: str, parse: Callable[[str], T]) -> T | None:
        """A single value that must be there; ``None`` after a fault."""
        node = self.get(key)
        if node is None:
            self.fault(key, "is missing")
            return None
        return self.one(key, node, parse, None)

    def read_all(self, key: str, parse: Callable[[str], T], default: tuple[T, ...]) -> tuple[T, ...]:
        """A list of values; a single value is a list of one. The default when the key is absent."""
        match self.get(key):
            case None:
                return default
            case Sequence(items=()):
                self.fault(key, "is an empty list: fill it or leave the key out")
                return default
            case Sequence(items=items):
                found = [self.one(f"{key}[{number}]", item, parse, None) for number, item in enumerate(items, start=1)]
            case node:
                found = [self.one(key, node, parse, None)]
        return tuple(value for value in found if value is not None)

    def one(self, where: str, node: Node, parse: Callable[[str], T], default: T) -> T:
        """The value of one node."""
        try:
            return parse(single_text(node))
        except ValueError as error:
            self.faults.append(Fault(self.file, node.line, dotted((*self.path, where)), str(error)))
            return default

    def section(self, key: str) -> Section:
        """The mapping under a key; an empty one when the key is absent or wrong."""
        node = self.get(key)
        return self.inside(key, Mapping(self.node.line, ()) if node is None else node)

    def inside(self, where: str, node: Node) -> Section:
        """A mapping inside this one; anything else is a fault, and an empty mapping takes its place."""
        path = (*self.path, where)
        match node:
            case Mapping():
                return Section(self.file, path, node, self.faults)
            case Scalar(null=True):
                pass
            case _:
                self.faults.append(Fault(self.file, node.line, dotted(path), "must be a mapping of keys and values"))
        return Section(self.file, path, Mapping(node.line, ()), self.faults)

    def sections(self, key: str) -> Iterator[Section]:
        """Each mapping of the list under a key."""
        match self.get(key):
            case None | Scalar(null=True):
                pass
            case Sequence(items=items):
                for number, item in enumerate(items, start=1):
                    yield self.inside(f"{key}[{number}]", item)
            case _:
                self.fault(key, "must be a list: begin each item with a dash (-)")
