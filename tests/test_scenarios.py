"""Stories in ``scenarios/*.yml``: results go in; transitions, outages and the month's figures come out.

The notation is explained in ``scenarios/README.md``. What comes out is written in the same notation, so that a failing
story shows the lines it should have had.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from monitor.calendar import in_service_span, month_span, occurrences, service_spans
from monitor.liveness import Policy, Track, blind, lapse, new_track, settled_at, step
from monitor.model import (
    BlindTime,
    Camera,
    Cause,
    MaintenanceRule,
    Outage,
    Repeat,
    Scope,
    Seconds,
    Site,
    SiteCategory,
    Span,
    Transition,
    instant,
    micros,
)
from monitor.outages import outages, state_spans
from monitor.sla import account, coverage, intact_ratio, intersect, online_ratio, percent, verdict
from tests.readings import BEGINNING, seen

FILES = sorted((Path(__file__).parent / "scenarios").glob("*.yml"))
TIME = r"(?:\d{4}-\d\d-\d\d )?\d\d:\d\d(?::\d\d)?"
LENGTH = r"\d+[smhd](?: \d+[smhd])*"
RESULT = re.compile(
    rf"(?P<at>{TIME}) (?P<cause>[a-z_]+)(?P<bare> without picture)?"
    rf"(?: x(?P<count>\d+)| until (?P<until>{TIME}))?(?: every (?P<every>{LENGTH}))?"
)
RESTART = re.compile(rf"(?P<at>{TIME}) restart, last heartbeat (?P<heartbeat>{TIME})")
PLANNED = re.compile(rf"(?P<daily>every day )?(?P<start>{TIME}) to (?P<end>{TIME})")
CAUSES = {cause.value: cause for cause in Cause}
UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
CAMERA = Camera("cam-1", "Gate", Site("s", "S", SiteCategory.SCHOOL, "v", "t", "c"), "telecom", "rtsp://10.0.0.1/1")


def duration(text: str) -> timedelta:
    """``1h 30m``."""
    return sum((int(part[:-1]) * UNITS[part[-1]] for part in text.split()), timedelta())


def written(length: timedelta) -> str:
    """The reverse of ``duration``, in hours, minutes and seconds."""
    seconds = length // timedelta(seconds=1)
    assert timedelta(seconds=seconds) == length
    parts = (f"{seconds // 3600}h", f"{seconds // 60 % 60}m", f"{seconds % 60}s")
    return " ".join(part for part in parts if part[:-1] != "0")


@dataclass(frozen=True)
class Story:
    """One file, read."""

    title: str
    day: date
    zone: ZoneInfo
    policy: Policy
    blind_time: BlindTime
    hours: list[tuple[time, time]]
    results: list[str]
    maintenance: list[str]
    until: str
    expect: dict[str, Any]

    def instant(self, text: str) -> datetime:
        """A local time of the story; without a date it is on the story's day."""
        text = text if " " in text else f"{self.day} {text}"
        return datetime.fromisoformat(text).replace(tzinfo=self.zone).astimezone(UTC)

    def local(self, at: datetime) -> str:
        """The reverse of ``instant``."""
        local = at.astimezone(self.zone)
        clock = local.strftime("%H:%M:%S")
        return clock if local.date() == self.day else f"{local.date()} {clock}"


def read(path: Path) -> Story:
    raw = dict(yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader))
    story = Story(
        title=raw.pop("title"),
        day=date.fromisoformat(raw.pop("day", "2026-10-01")),
        zone=ZoneInfo(raw.pop("zone", "Asia/Shanghai")),
        policy=_policy(raw.pop("policy", {})),
        blind_time=BlindTime(raw.pop("blind_time", "excluded")),
        hours=[_hours(line) for line in raw.pop("service_hours", [])],
        results=raw.pop("results"),
        maintenance=raw.pop("maintenance", []),
        until=raw.pop("until"),
        expect=raw.pop("expect"),
    )
    assert not raw, f"{path.name}: unknown {', '.join(raw)}"
    return story


def _policy(written_as: dict[str, str]) -> Policy:
    values: dict[str, Any] = {key: int(v) if v.isdigit() else duration(v) for key, v in written_as.items()}
    return Policy(**values)


def _hours(line: str) -> tuple[time, time]:
    start, end = line.split(" to ")
    return time.fromisoformat(start), time.fromisoformat(end)


@dataclass
class Record:
    """What the story has made so far."""

    track: Track
    transitions: list[Transition]

    def play(self, story: Story, line: str) -> None:
        if found := RESTART.fullmatch(line):
            self._restart(story.instant(found["heartbeat"]), story.instant(found["at"]))
            return
        found = RESULT.fullmatch(line)
        assert found, f"not understood: {line!r}"
        at, cause = story.instant(found["at"]), CAUSES[found["cause"]]
        every = duration(found["every"]) if found["every"] else story.policy.interval
        count = int(found["count"] or 1)
        if found["until"]:
            count = -((at - story.instant(found["until"])) // every)
        for index in range(count):
            second = (at + index * every - BEGINNING) / timedelta(seconds=1)
            self.keep(step(self.track, seen(cause, second, picture=not found["bare"]), story.policy))

    def keep(self, found: tuple[Track, tuple[Transition, ...]]) -> None:
        self.track, made = found
        self.transitions += made

    def _restart(self, heartbeat: datetime, at: datetime) -> None:
        """Only the transitions outlive the process."""
        last = self.transitions[-1]
        self.track = new_track(last.camera_id, last.at, last.new, last.cause, len(self.transitions))
        self.keep(blind(self.track, heartbeat, at, Cause.MONITOR_STOPPED))


def played(story: Story) -> Record:
    """The record at the story's end. It begins with the first result."""
    record = Record(new_track(CAMERA.id, added_at(story)), [])
    for line in story.results:
        record.play(story, line)
    record.keep(lapse(record.track, story.instant(story.until), story.policy))
    return record


def added_at(story: Story) -> datetime:
    found = RESULT.fullmatch(story.results[0])
    assert found, f"a story begins with a result, not with {story.results[0]!r}"
    return story.instant(found["at"])


def accounted(story: Story, record: Record) -> Seconds:
    """The story's month, up to what is settled at its end."""
    month = month_span(story.day.year, story.day.month, story.zone)
    elapsed = Span(month.start, micros(settled_at(record.track, story.instant(story.until))))
    in_service = in_service_span(CAMERA, added_at(story), None, story.zone)
    scheduled = intersect(service_spans(month, story.hours, story.zone), intersect([elapsed], [in_service]))
    excluded = [span for line in story.maintenance for span in occurrences(_rule(story, line), month, story.zone)]
    return account(state_spans(record.transitions, month), scheduled, excluded)


def _rule(story: Story, line: str) -> MaintenanceRule:
    found = PLANNED.fullmatch(line)
    assert found, f"not understood: {line!r}"
    start, end = found["start"], found["end"]
    if found["daily"]:
        start_time, end_time = time.fromisoformat(start), time.fromisoformat(end)
        return MaintenanceRule("m", "M", Scope(), every=Repeat.DAY, start_time=start_time, end_time=end_time)
    return MaintenanceRule("m", "M", Scope(), start_at=story.instant(start), end_at=story.instant(end))


def came_out(story: Story) -> dict[str, Any]:
    """What the story made, in the notation of its ``expect``."""
    record = played(story)
    seconds = accounted(story, record)
    kinds = ("up", "degraded", "down", "excluded", "unobserved")
    times = {kind: written(instant(getattr(seconds, kind)) - instant(0)) for kind in kinds}
    target = Fraction(95, 100)
    return {
        "transitions": [_transition(story, made) for made in record.transitions],
        "outages": [_outage(story, found) for found in outages(record.transitions)],
        "blips": str(record.track.blips),
        "month": {kind: length for kind, length in times.items() if length}
        | {
            "online": percent(online_ratio(seconds, story.blind_time)),
            "intact": percent(intact_ratio(seconds, story.blind_time)),
            "coverage": percent(coverage(seconds)),
            "verdict": verdict(seconds, target, target, story.blind_time).value,
        },
    }


def _transition(story: Story, made: Transition) -> str:
    decided = f", decided {story.local(made.decided_at)}" if made.decided_at != made.at else ""
    return f"{story.local(made.at)} {made.new.value} {made.cause.value}{decided}"


def _outage(story: Story, found: Outage) -> str:
    end = story.local(found.end_at) if found.end_at else "now"
    return f"{story.local(found.start_at)} to {end} {found.cause.value}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_story_comes_out_as_told(path: Path) -> None:
    story = read(path)
    found = came_out(story)
    assert story.expect.keys() <= found.keys()
    assert {"transitions", "outages", "month"} <= story.expect.keys()
    assert {part: found[part] for part in story.expect} == story.expect


def test_there_are_stories() -> None:
    assert len(FILES) >= 8
    assert len({read(path).title for path in FILES}) == len(FILES)


def test_a_line_nobody_understands_is_refused() -> None:
    story = read(FILES[0])
    for line in ("08:00 fine", "08:00 ok x", "8:00 ok", "08:00 ok every hour"):
        with pytest.raises((AssertionError, KeyError)):
            Record(new_track("cam-1", story.instant("08:00")), []).play(story, line)
