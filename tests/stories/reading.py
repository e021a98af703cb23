"""How a story of a town is written; the notation is explained in ``scenarios/towns/README.md``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from monitor.incidents import Origin
from monitor.model import Camera, Cause
from tests.incidents.town import a_camera

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 10, 1)
TIME = r"\d\d:\d\d(?::\d\d)?"
GROUP = re.compile(
    r"(?P<count>\d+) named (?P<name>[a-z]+) on line (?P<line>\S+) of (?P<carrier>\S+)"
    r"(?:, recorder (?P<recorder>\S+))?(?:, cabinet (?P<cabinet>\S+))?(?:, account (?P<account>\S+))?"
    r"(?:, site (?P<site>\S+))?"
)
RESULT = re.compile(rf"(?P<who>[a-z0-9, -]+?): (?P<cause>[a-z_]+) from (?P<start>{TIME}) until (?P<end>{TIME})")
FAILURE = re.compile(rf"(?P<name>.+) fails from (?P<start>{TIME}) until (?P<end>{TIME})")
CAUSES = {cause.value: cause for cause in Cause}
PLACES = {origin.value: origin for origin in Origin if origin.width}

Place = tuple[Origin, str]


def instant(text: str) -> datetime:
    """A local time of the story's day."""
    return datetime.fromisoformat(f"{DAY} {text}").replace(tzinfo=ZONE).astimezone(UTC)


def local(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%H:%M:%S")


@dataclass(frozen=True)
class Told:
    """Until when who answers what."""

    cameras: frozenset[str]
    cause: Cause
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Failure:
    """Until when a canary or a place is silent."""

    name: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Story:
    title: str
    cameras: tuple[Camera, ...]
    results: tuple[Told, ...]  # a later line has the word over an earlier one
    canaries: tuple[str, ...]
    canaries_fail: tuple[Failure, ...]
    places: tuple[str, ...]
    places_fail: tuple[Failure, ...]
    start: datetime
    end: datetime
    expect: dict[str, Any]

    def blind(self, at: datetime) -> bool:
        """Whether all canaries fail."""
        return bool(self.canaries) and all(silent(self.canaries_fail, name, at) for name in self.canaries)

    def answer(self, camera_id: str, at: datetime) -> Cause:
        said = [told.cause for told in self.results if camera_id in told.cameras and told.start <= at < told.end]
        return said[-1] if said else Cause.OK


def silent(failures: tuple[Failure, ...], name: str, at: datetime) -> bool:
    return any(failure.name == name and failure.start <= at < failure.end for failure in failures)


def read(path: Path) -> Story:
    raw = dict(yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader))
    cameras = tuple(camera for line in raw.pop("cameras") for camera in _group(line))
    story = Story(
        title=raw.pop("title"),
        cameras=cameras,
        results=tuple(told_by(line, {camera.id for camera in cameras}) for line in raw.pop("results", [])),
        canaries=tuple(raw.pop("canaries", [])),
        canaries_fail=tuple(_failure(line) for line in raw.pop("canaries_fail", [])),
        places=tuple(raw.pop("places", [])),
        places_fail=tuple(_failure(line) for line in raw.pop("places_fail", [])),
        start=instant(raw.pop("from", "08:00")),
        end=instant(raw.pop("until")),
        expect=raw.pop("expect"),
    )
    assert not raw, f"{path.name}: unknown {', '.join(raw)}"
    assert {failure.name for failure in story.canaries_fail} <= set(story.canaries)
    assert {failure.name for failure in story.places_fail} <= set(story.places)
    known = {name for camera in cameras for name in (camera.uplink, camera.recorder, camera.cabinet, camera.carrier)}
    assert {place_of(place)[1] for place in story.places} <= known
    return story


def place_of(words: str) -> Place:
    """``uplink 移动-柳溪-1``: what it is, and its name."""
    kind, _, name = words.partition(" ")
    return PLACES[kind], name


def told_by(line: str, known: set[str]) -> Told:
    """A line of ``results``."""
    found = RESULT.fullmatch(line)
    assert found, f"not understood: {line!r}"
    who = frozenset(camera_id for part in found["who"].split(", ") for camera_id in _named(part))
    assert who <= known, f"no cameras {sorted(who - known)}"
    return Told(who, CAUSES[found["cause"]], instant(found["start"]), instant(found["end"]))


def names(camera_ids: Iterable[str]) -> str:
    """``a1-3, b2``: as a line of ``results`` names them."""
    runs: list[tuple[str, int, int]] = []
    for name, number in sorted(map(parts, camera_ids)):
        if runs and runs[-1][0] == name and runs[-1][2] == number - 1:
            runs[-1] = name, runs[-1][1], number
        else:
            runs.append((name, number, number))
    return ", ".join(f"{name}{first}" if first == last else f"{name}{first}-{last}" for name, first, last in runs)


def _group(line: str) -> Iterator[Camera]:
    found = GROUP.fullmatch(line)
    assert found, f"not understood: {line!r}"
    for number in range(1, int(found["count"]) + 1):
        yield a_camera(
            f"{found['name']}{number}",
            found["line"],
            recorder=found["recorder"] or "",
            cabinet=found["cabinet"] or "",
            carrier=found["carrier"],
            site=found["site"] or "",
            credentials=found["account"] or "hik",
        )


def parts(camera_id: str) -> tuple[str, int]:
    """Name and number."""
    name = camera_id.rstrip("0123456789")
    return name, int(camera_id[len(name) :])


def _named(part: str) -> list[str]:
    first, _, last = part.partition("-")
    name, number = parts(first)
    return [f"{name}{nth}" for nth in range(number, int(last or number) + 1)]


def _failure(line: str) -> Failure:
    found = FAILURE.fullmatch(line)
    assert found, f"not understood: {line!r}"
    return Failure(found["name"], instant(found["start"]), instant(found["end"]))
