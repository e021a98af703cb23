"""Values to canonical JSON and back: the form in which the record is hashed and acts are signed.

Canonical: one line of UTF-8, keys sorted by code point, no spaces, no floats; instants are integer microseconds since
1970-01-01 UTC, dates and local times are ISO 8601, enums are their values, sets are sorted lists. Every field is
written. When reading, a field that is missing takes its default, so that a later version may add one; a field nobody
knows is an error, because leaving it out would misread the record. Reading never trusts: wrong types are errors.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, TypeAlias, get_args, get_origin, get_type_hints

from .model import instant, micros

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"
Reader: TypeAlias = "Callable[[Any], Any]"  # raw JSON in, a model value out; ValueError when it does not fit


class Unreadable(ValueError):
    """A text does not say what a value of its type must say."""


def canonical(raw: Json) -> str:
    """The one way to write this JSON."""
    return clean(json.dumps(raw, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False))


def clean(text: str) -> str:
    """The text with every half of a surrogate pair, which UTF-8 cannot carry, as ``?``."""
    return text.encode("utf-8", "replace").decode("utf-8")


def is_canonical(text: str) -> bool:
    """Whether the text is JSON in its canonical form."""
    try:
        return canonical(json.loads(text)) == text
    except (ValueError, RecursionError):
        return False


def written(value: object) -> str:
    """A dataclass in canonical JSON; TypeError where it holds something that has no form."""
    return canonical(plain(value))


def read(wanted: Any, text: str) -> Any:
    """The dataclass of type ``wanted`` a text says; Unreadable when it does not fit."""
    try:
        return _reader(wanted)(json.loads(text))
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Unreadable(str(error)) from error


def plain(value: object) -> Json:
    """The value as JSON knows it."""
    match value:
        case Enum():
            return plain(value.value)
        case None | bool() | int() | str():
            return value
        case datetime():
            return micros(value)
        case date() | time():
            return value.isoformat()
        case frozenset():
            return sorted((plain(item) for item in value), key=canonical)
        case tuple():
            return [plain(item) for item in value]
        case _ if is_dataclass(value):
            return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        case _:
            raise TypeError(f"the ledger has no form for {type(value).__name__}")


@cache
def _reader(wanted: Any) -> Reader:
    """How to read a value of the annotated type; built once per type."""
    arguments = get_args(wanted)
    if get_origin(wanted) is UnionType:
        (inner,) = (_reader(argument) for argument in arguments if argument is not NoneType)
        return lambda raw: None if raw is None else inner(raw)
    if get_origin(wanted) in (tuple, frozenset):
        build, item = get_origin(wanted), _reader(arguments[0])
        return lambda raw: build(item(part) for part in _expect(list, raw))
    if is_dataclass(wanted):
        return _dataclass_reader(wanted)
    if issubclass(wanted, Enum):
        return _enum_reader(wanted)
    if issubclass(wanted, datetime):
        return _instant
    if issubclass(wanted, date | time):
        return partial(_iso, wanted)
    return partial(_expect, wanted)


def _enum_reader(wanted: type[Enum]) -> Reader:
    return wanted


def _dataclass_reader(wanted: Any) -> Reader:
    hints = get_type_hints(wanted)
    readers = {field.name: _reader(hints[field.name]) for field in fields(wanted)}
    # Read here and not by calls: an inventory has a hundred thousand texts.
    exact = [(name, hints[name]) for name in readers if hints[name] in (str, int, bool)]
    others = [(name, readers[name]) for name in readers if hints[name] not in (str, int, bool)]
    required = frozenset(
        field.name for field in fields(wanted) if field.default is MISSING and field.default_factory is MISSING
    )

    def build(raw: Any) -> Any:
        given = _expect(dict, raw)
        if given.keys() != readers.keys() and not required <= given.keys() <= readers.keys():
            raise Unreadable(f"{wanted.__name__} has other fields: {', '.join(given)[:200]}")
        for name, kind in exact:
            if name in given and type(given[name]) is not kind:
                _expect(kind, given[name])
        return wanted(**given | {name: reader(given[name]) for name, reader in others if name in given})

    return build


def _instant(raw: Any) -> datetime:
    try:
        return instant(_expect(int, raw))
    except OverflowError:
        raise Unreadable("an instant lies beyond the calendar") from None


def _iso(wanted: Any, raw: Any) -> Any:
    try:
        return wanted.fromisoformat(_expect(str, raw))
    except Unreadable:
        raise
    except ValueError:
        raise Unreadable(f"{wanted.__name__} expected, found {raw[:40]!r}") from None


def _expect(wanted: type, raw: Any) -> Any:
    if type(raw) is not wanted:
        raise Unreadable(f"{wanted.__name__} expected, found {type(raw).__name__}")
    return raw
