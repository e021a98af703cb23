"""Stories of whole towns in ``scenarios/towns/*.yml``: what cameras answer goes in; incidents and figures come out.

The notation is explained in ``scenarios/towns/README.md``. Every camera is asked as the monitor asks: once a minute at
its own second, sooner while a verdict is pending. What comes out is written in the same notation, so that a failing
story shows the lines it should have had.
"""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from monitor.calendar import month_span
from monitor.incidents import BlindSpot, Enrolled, Incident, Incidents, Rules
from monitor.liveness import Policy, Track, lapse, new_track, next_wait, step, witnessed
from monitor.model import BlindTime, Camera, Cause, Result, Rung, Seconds, Span, Stage, State, Transition, micros
from monitor.outages import outages, state_spans
from monitor.sla import account, coverage, online_ratio, percent
from tests.incidents.town import a_camera
from tests.readings import PICTURE

FILES = sorted((Path(__file__).parent / "scenarios" / "towns").glob("*.yml"))
ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 10, 1)
TIME = r"\d\d:\d\d(?::\d\d)?"
GROUP = re.compile(
    r"(?P<count>\d+) named (?P<name>[a-z]+) on line (?P<line>\S+) of (?P<carrier>\S+)"
    r"(?:, recorder (?P<recorder>\S+))?(?:, cabinet (?P<cabinet>\S+))?(?:, account (?P<account>\S+))?"
    r"(?:, site (?P<site>\S+))?"
)
RESULT = re.compile(rf"(?P<who>[a-z0-9, -]+?): (?P<cause>[a-z_]+) from (?P<start>{TIME}) until (?P<end>{TIME})")
CANARY = re.compile(rf"(?P<name>\S+) fails from (?P<start>{TIME}) until (?P<end>{TIME})")
CAUSES = {cause.value: cause for cause in Cause}


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
class Story:
    title: str
    cameras: tuple[Camera, ...]
    results: tuple[Told, ...]  # a later line has the word over an earlier one
    canaries: tuple[str, ...]
    failing: tuple[tuple[str, datetime, datetime], ...]
    start: datetime
    end: datetime
    expect: dict[str, Any]

    def blind(self, at: datetime) -> bool:
        """Whether all canaries fail."""
        down = {name for name, start, end in self.failing if start <= at < end}
        return bool(self.canaries) and down == set(self.canaries)

    def answer(self, camera_id: str, at: datetime) -> Cause:
        said = [told.cause for told in self.results if camera_id in told.cameras and told.start <= at < told.end]
        return said[-1] if said else Cause.OK


def read(path: Path) -> Story:
    raw = dict(yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader))
    cameras = tuple(camera for line in raw.pop("cameras") for camera in _group(line))
    story = Story(
        title=raw.pop("title"),
        cameras=cameras,
        results=tuple(_told(line, {camera.id for camera in cameras}) for line in raw.pop("results", [])),
        canaries=tuple(raw.pop("canaries", [])),
        failing=tuple(_failing(line) for line in raw.pop("canaries_fail", [])),
        start=instant(raw.pop("from", "08:00")),
        end=instant(raw.pop("until")),
        expect=raw.pop("expect"),
    )
    assert not raw, f"{path.name}: unknown {', '.join(raw)}"
    assert {name for name, _, _ in story.failing} <= set(story.canaries)
    return story


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


def _told(line: str, known: set[str]) -> Told:
    found = RESULT.fullmatch(line)
    assert found, f"not understood: {line!r}"
    who = frozenset(camera_id for part in found["who"].split(", ") for camera_id in _named(part))
    assert who <= known, f"no cameras {sorted(who - known)}"
    return Told(who, CAUSES[found["cause"]], instant(found["start"]), instant(found["end"]))


def _named(part: str) -> list[str]:
    first, _, last = part.partition("-")
    name = first.rstrip("0123456789")
    numbers = range(int(first[len(name) :]), int(last or first[len(name) :]) + 1)
    return [f"{name}{number}" for number in numbers]


def _failing(line: str) -> tuple[str, datetime, datetime]:
    found = CANARY.fullmatch(line)
    assert found, f"not understood: {line!r}"
    return found["name"], instant(found["start"]), instant(found["end"])


# ---------------------------------------------------------------- playing


def played(story: Story, policy: Policy) -> tuple[list[Transition], dict[str, Track]]:
    """What is believed when everybody is asked as the monitor asks; transitions by when they were known."""
    tracks = {camera.id: new_track(camera.id, story.start) for camera in story.cameras}
    spread = policy.interval / len(story.cameras)
    due = [(story.start + nth * spread, camera.id) for nth, camera in enumerate(story.cameras)]
    beats = {camera_id: at for at, camera_id in due}
    heapq.heapify(due)
    made: list[Transition] = []
    while due and due[0][0] < story.end:
        at, camera_id = heapq.heappop(due)
        result = witnessed(_result(camera_id, at, story.answer(camera_id, at)), story.blind(at))
        tracks[camera_id], more = step(tracks[camera_id], result, policy)
        made += more
        while beats[camera_id] <= at:
            beats[camera_id] += policy.interval
        heapq.heappush(due, (min(beats[camera_id], at + next_wait(tracks[camera_id], policy)), camera_id))
    for camera_id, track in tracks.items():
        tracks[camera_id], more = lapse(track, story.end, policy)
        made += more
    return sorted(made, key=lambda move: move.decided_at), tracks


def _result(camera_id: str, at: datetime, cause: Cause) -> Result:
    online = cause is Cause.OK
    return Result(
        camera_id,
        at,
        timedelta(seconds=1),
        Rung.PICTURE if online else Rung.NONE,
        Stage.TEARDOWN if online else Stage.TCP,
        cause,
        picture=PICTURE if online else None,
    )


def known_at(story: Story, moves: Sequence[Transition], at: datetime) -> tuple[Incidents, list[Incident]]:
    """What the rules know at an instant, and every incident so far, closed ones first told."""
    archived: list[Incident] = []
    found = Incidents(Rules(), lambda shown, _: archived.append(shown))
    for camera in story.cameras:
        found.note(story.start, Enrolled(camera))
    for move in moves:
        if move.decided_at < at:
            found.note(move.decided_at, move)
    found.advance(at)
    return found, [*archived, *(shown for shown, _ in found.finish())]


def came_out(story: Story) -> dict[str, Any]:
    """What the story made, in the notation of its ``expect``."""
    policy = Policy()
    moves, _ = played(story, policy)
    found, incidents = known_at(story, moves, story.end)
    by_camera = {camera.id: [move for move in moves if move.camera_id == camera.id] for camera in story.cameras}
    downs = outages(moves)
    return {
        "incidents": sorted(_incident(shown) for shown in incidents),
        "at": {
            at: [_now(shown) for shown in known_at(story, moves, instant(at))[0].open()]
            for at in story.expect.get("at", {})
        },
        "outages": str(len(downs)),
        "causes": {cause.value: str(count) for cause, count in sorted(_causes(downs), key=str)},
        "unknown": _unknown(by_camera, story.end),
        "blind_spots": [_spot(spot) for spot in found.blind_spots()],
        "month": _month(by_camera, story),
    }


def _causes(downs: Sequence[Any]) -> list[tuple[Cause, int]]:
    return list(Counter(outage.cause for outage in downs).items())


def _incident(shown: Incident) -> str:
    end = local(shown.ended_at) if shown.ended_at else "now"
    again = f", fell {shown.falls} times" if shown.falls > 1 else ""
    split = ", split off" if shown.split_from else ""
    return f"{local(shown.since_at)} to {end} {_suspect(shown)}, {shown.cameras} cameras{again}{split}"


def _now(shown: Incident) -> str:
    young = "" if shown.settled else ", forming"
    return f"{_suspect(shown)}, {len(shown.camera_ids)} cameras{young}"


def _suspect(shown: Incident) -> str:
    return f"{shown.suspect.origin.value} {shown.suspect.name}".strip()


def _unknown(by_camera: dict[str, list[Transition]], until: datetime) -> list[str]:
    """The time in which nobody can say anything about a camera, by cause."""
    spans: dict[Cause, list[tuple[str, timedelta]]] = {}
    for camera_id, moves in by_camera.items():
        for move, after in zip(moves, [*moves[1:], None], strict=True):
            if move.new is State.UNKNOWN:
                spans.setdefault(move.cause, []).append((camera_id, (after.at if after else until) - move.at))
    return [
        f"{len({camera_id for camera_id, _ in those})} cameras {cause.value}, "
        f"{sum((length for _, length in those), timedelta()) / timedelta(minutes=1):.1f} camera-minutes"
        for cause, those in sorted(spans.items(), key=lambda item: item[0].value)
    ]


def _spot(spot: BlindSpot) -> str:
    return f"{spot.site.id} since {local(spot.since_at)}"


def _month(by_camera: dict[str, list[Transition]], story: Story) -> dict[str, str]:
    month = month_span(DAY.year, DAY.month, ZONE)
    scheduled = [Span(micros(story.start), micros(story.end))]
    total = Seconds()
    for moves in by_camera.values():
        total += account(state_spans(moves, month), scheduled, [])
    minute = 60_000_000
    return {
        "down": f"{total.down / minute:.1f} camera-minutes",
        "unobserved": f"{total.unobserved / minute:.1f} camera-minutes",
        "online": percent(online_ratio(total, BlindTime.EXCLUDED)),
        "coverage": percent(coverage(total)),
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_town_s_story_comes_out_as_told(path: Path) -> None:
    story = read(path)
    found = came_out(story)
    assert {"incidents", "at", "outages", "causes", "unknown", "month"} <= story.expect.keys() <= found.keys()
    assert {part: found[part] for part in story.expect} == story.expect


def test_the_eight_stories_are_told() -> None:
    assert len(FILES) >= 8
    assert len({read(path).title for path in FILES}) == len(FILES)


@pytest.mark.parametrize("line", ["a1: fine from 08:00 until 09:00", "a1 tcp_timeout", "z9: ok from 08:00 until 09:00"])
def test_a_line_nobody_understands_is_refused(line: str) -> None:
    with pytest.raises((AssertionError, KeyError)):
        _told(line, {"a1"})


if __name__ == "__main__":
    import sys

    for name in sys.argv[1:]:
        told = read(Path(name))
        sys.stdout.write(yaml.safe_dump({"expect": came_out(told)}, allow_unicode=True, sort_keys=False, width=110))
