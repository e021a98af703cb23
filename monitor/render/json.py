"""The report and the forecast as JSON, for programs: everything in it, exact, and the same bytes for the same report.

Instants are integer microseconds since 1970-01-01 UTC, durations integer microseconds, ratios a pair of integers with
the percentage as it is displayed, points and money decimals as text. Field names are those of the values in
``monitor.report``. Addresses of devices are left out of the cameras: this file is handed around.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from hashlib import sha256
from io import BytesIO
from itertools import chain, islice
from json.encoder import encode_basestring
from operator import attrgetter
from types import NoneType
from typing import Any, BinaryIO, Final, TypeAlias

from monitor.model import MICROSECOND, Camera, micros
from monitor.report import MonthForecast, Outages, Report
from monitor.sla import percent

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"
Form: TypeAlias = "Callable[[Any, str], str]"  # a value and the line it begins on (a line feed and its indent) to text

FORMAT: Final = "sharp-eyes-report/1"
FORECAST_FORMAT: Final = "sharp-eyes-forecast/1"
FEW: Final = 100
TOGETHER: Final = 1_000  # pieces in one write
KEPT_BACK: Final = frozenset({"url", "credentials"})


def write_json(report: Report, file: BinaryIO) -> None:
    """The whole report as UTF-8 with sorted keys, one item of a list after the other; ends in a line feed."""
    pieces = _Writer().document(report)
    while together := "".join(islice(pieces, TOGETHER)):
        file.write(together.encode("utf-8", "replace"))


def to_json(report: Report) -> bytes:
    """The same in one piece."""
    file = BytesIO()
    write_json(report, file)
    return file.getvalue()


def forecast_to_json(forecast: MonthForecast) -> bytes:
    """The whole forecast in the same form."""
    document = {"format": FORECAST_FORMAT, "forecast": _plain(forecast)}
    return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8", "replace")


def digest(value: object) -> str:
    """SHA-256 of a report's value as it stands in the JSON file: keys sorted, no spaces, UTF-8; 64 hex digits."""
    text = json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode("utf-8", "replace")).hexdigest()


class _Writer(dict[type, Form]):
    """Values to text as ``json.dumps(..., indent=1, sort_keys=True)`` writes them, without a copy of all of it.

    How a type is written is found out once, and so is the text of a camera, which stands in each of its outages.
    """

    def __init__(self) -> None:
        self._cameras: dict[tuple[int, str], str] = {}  # by identity: the report holds them
        self[str] = lambda value, _: encode_basestring(value)
        self[int] = lambda value, _: repr(value)
        # Of these there are as many: the library's own writer is slow and leaves a cycle behind each time.
        self[bool] = lambda value, _: "true" if value else "false"
        self[NoneType] = lambda *_: "null"
        self[Decimal] = lambda value, _: encode_basestring(str(value))
        self[timedelta] = lambda value, _: repr(value // MICROSECOND)
        self[datetime] = lambda value, _: repr(micros(value))
        self[Fraction] = _fraction
        self[tuple] = self[Outages] = self._list
        self[Camera] = self._camera

    def __missing__(self, kind: type) -> Form:
        form = self[kind] = self._form_of(kind)
        return form

    def document(self, report: Report) -> Iterator[str]:
        """Everything, in pieces that are never longer than an item of a list."""
        yield f'{{\n "format": "{FORMAT}",\n "report": '
        yield from self._pieces(report, "\n ")
        yield "\n}\n"

    def _pieces(self, value: object, line: str) -> Iterator[str]:
        """Lists fall into their items, and what holds lists into its fields."""
        within = line + " "
        if (type(value) is tuple or isinstance(value, Outages)) and value:
            few = len(value) <= FEW  # each of them may hold lists of many
            for number, item in enumerate(value):
                before = f",{within}" if number else f"[{within}"
                if few:
                    yield before
                    yield from self._pieces(item, within)
                else:
                    yield before + self[type(item)](item, within)
            yield f"{line}]"
        elif is_dataclass(value):
            parts = (
                chain([f'{within}"{name}": '], self._pieces(getattr(value, name), within)) for name in _names(value)
            )
            yield "{"
            for number, part in enumerate(parts):
                yield "," if number else ""
                yield from part
            yield f"{line}}}"
        else:
            yield self.text(value, line)

    def text(self, value: object, line: str) -> str:
        """One value; what is in it begins on lines of its own, one space further in."""
        return self[type(value)](value, line)

    def _form_of(self, kind: type) -> Form:
        if issubclass(kind, Enum):
            said = {member: self.text(member.value, "") for member in kind}
            return lambda value, _: said[value]
        if is_dataclass(kind) or issubclass(kind, tuple):
            return self._object(kind)
        return lambda value, line: _dumped(value).replace("\n", line)

    def _camera(self, camera: Camera, line: str) -> str:
        known = id(camera), line
        text = self._cameras.get(known)
        if text is None:
            text = self._cameras[known] = self._object(Camera)(camera, line)
        return text

    def _list(self, value: Sequence[object], line: str) -> str:
        within = line + " "
        return f"[{','.join([within + self.text(item, within) for item in value])}{line}]" if value else "[]"

    def _object(self, kind: type) -> Form:
        names = _names(kind)
        parts_of = attrgetter(*names) if len(names) > 1 else lambda value: [getattr(value, name) for name in names]
        heads: dict[str, list[str]] = {}  # by the line a value begins on: what stands before each field

        def form(value: object, line: str) -> str:
            within = line + " "
            if line not in heads:
                heads[line] = [f'{within}"{name}": ' for name in names]
            parts = [
                head + (repr(part) if (type_of := type(part)) is int else self[type_of](part, within))
                for head, part in zip(heads[line], parts_of(value), strict=True)
            ]
            return f"{{{','.join(parts)}{line}}}"

        return form


def _names(value: object) -> list[str]:
    """The fields that are written, in their order."""
    names = getattr(value, "_fields", None) or (field.name for field in fields(value))  # type: ignore[arg-type]
    return sorted(set(names) - KEPT_BACK)


def _fraction(value: Fraction, line: str) -> str:
    return (
        f'{{{line} "denominator": {value.denominator},{line} "numerator": {value.numerator},'
        f'{line} "percent": "{percent(value)}"{line}}}'
    )


def _dumped(value: object) -> str:
    return json.dumps(_plain(value), ensure_ascii=False, indent=1, sort_keys=True)


def _plain(value: object) -> Json:
    match value:
        case Enum():
            return _plain(value.value)
        case None | bool() | int() | str():
            return value
        case Fraction():
            return {"numerator": value.numerator, "denominator": value.denominator, "percent": percent(value)}
        case datetime():
            return micros(value)
        case tuple() if hasattr(value, "_asdict"):
            return {name: _plain(part) for name, part in value._asdict().items()}
        case tuple() | frozenset():
            parts = [_plain(part) for part in value]
            return sorted(parts, key=str) if isinstance(value, frozenset) else parts
        case _ if is_dataclass(value):
            names = (field.name for field in fields(value) if field.name not in KEPT_BACK)
            return {name: _plain(getattr(value, name)) for name in names}
        case _:
            return _simple(value)


def _simple(value: object) -> Json:
    match value:
        case date() | time():  # local: they have no instant
            return value.isoformat()
        case timedelta():
            return value // MICROSECOND
        case Decimal():
            return str(value)
        case _:
            raise TypeError(f"no JSON form for {type(value).__name__}")
