"""What a story of a town comes to, in the notation of its ``expect``.

Every camera is asked as the monitor asks: once a minute at its own second, sooner while a verdict is pending. Every
place is asked each quarter of a minute, and nobody is while all canaries fail.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from monitor.acts.suggestion import suggestions
from monitor.calendar import month_span
from monitor.engine.places import EVERY, PATIENCE
from monitor.incidents import BlindSpot, Clue, Enrolled, Hearing, Incident, Incidents, News, Reach, Rules, references
from monitor.liveness import Policy, lapse, new_track, next_wait, step, witnessed
from monitor.model import (
    BlindTime,
    Cause,
    ExclusionCause,
    Outage,
    Result,
    Rung,
    Seconds,
    Span,
    Stage,
    State,
    Transition,
    micros,
)
from monitor.model import instant as moment
from monitor.outages import outages, runs, state_spans, steps_of
from monitor.sla import account, coverage, online_ratio, percent
from tests.readings import PICTURE
from tests.stories.reading import DAY, ZONE, Story, instant, local, names, parts, place_of, silent

ADDRESS = {Clue.PLACE_LOST: ", its address is silent", Clue.PLACE_ANSWERS: ", its address answers"}

Known = tuple[datetime, News]


def came_out(story: Story) -> dict[str, Any]:
    """What the story made."""
    moves = _believed(story, Policy())
    known = sorted([*((move.decided_at, move) for move in moves), *_heard(story)], key=lambda news: news[0])
    found, incidents = _known_at(story, known, story.end)
    by_camera = {camera.id: [move for move in moves if move.camera_id == camera.id] for camera in story.cameras}
    downs = outages(moves)
    suggested, excused_parts = _suggested(story, by_camera, known)
    return {
        "incidents": sorted(_incident(shown, suggested.get(shown.id, Counter())) for shown in incidents),
        "at": {
            at: [_now(shown) for shown in _known_at(story, known, instant(at))[0].open()]
            for at in story.expect.get("at", {})
        },
        "outages": str(len(downs)),
        "causes": _causes(downs),
        "unknown": list(_unknown(by_camera, story.end)),
        "blind_spots": [_spot(spot) for spot in found.blind_spots()],
        "parts": excused_parts,
        "month": _month(by_camera, story),
    }


# ---------------------------------------------------------------- playing


def _believed(story: Story, policy: Policy) -> list[Transition]:
    """What is believed of cameras, by when it was known."""
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
    for track in tracks.values():
        made += lapse(track, story.end, policy)[1]
    return sorted(made, key=lambda move: move.decided_at)


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


def _heard(story: Story) -> Iterator[Known]:
    """What is believed of places, each by itself."""
    for nth, place in enumerate(story.places):
        heard, at = Hearing(), story.start + EVERY * nth / len(story.places)
        while at < story.end:
            lost = silent(story.places_fail, place, at)
            known_at = at + PATIENCE if lost else at
            if not (story.blind(at) or story.blind(known_at)) and heard.hear(not lost):
                yield known_at, Reach(*place_of(place), heard.reachable)
            at = known_at + EVERY


def _known_at(story: Story, known: Sequence[Known], at: datetime) -> tuple[Incidents, list[Incident]]:
    """What the rules know at an instant, and every incident so far, closed ones first told."""
    archived: list[Incident] = []
    found = Incidents(Rules(), lambda shown, _: archived.append(shown))
    for camera in story.cameras:
        found.note(story.start, Enrolled(camera))
    for known_at, news in known:
        if known_at < at:
            found.note(known_at, news)
    found.advance(at)
    return found, [*archived, *(shown for shown, _ in found.finish())]


def _suggested(
    story: Story, by_camera: Mapping[str, Sequence[Transition]], known: Sequence[Known]
) -> tuple[dict[str, Counter[ExclusionCause | None]], list[str]]:
    """What the outages suggest, as ``ledger outages`` lists them: how many of each incident, and parts of outages."""
    until = micros(story.end)
    offline = {camera_id: runs(steps_of(moves), until) for camera_id, moves in by_camera.items()}
    down = {
        camera_id: [Span(run.start, until if run.end is None else run.end) for run in found]
        for camera_id, found in offline.items()
    }
    enrolled: list[Known] = [(story.start, Enrolled(camera)) for camera in story.cameras]
    belonging = references([*enrolled, *known], Rules(), story.end)
    found: dict[str, Counter[ExclusionCause | None]] = {}
    parts: list[str] = []
    for camera in story.cameras:
        for run, span in zip(offline[camera.id], down[camera.id], strict=True):
            incident = belonging.of(camera.id, moment(run.start))
            assert incident is not None, f"{camera.id}: no incident"
            suggested = suggestions(camera, run, span, belonging, story.cameras, down)
            whole = [each.cause for each in suggested if each.span == span]
            found.setdefault(incident.id, Counter())[whole[0] if whole else None] += 1
            parts += (
                f"{camera.id}: {each.cause} for {local(moment(each.span.start))} to {local(moment(each.span.end))} "
                f"of {local(moment(span.start))} to {'now' if run.end is None else local(moment(run.end))}"
                for each in suggested
                if each.span != span
            )
    return found, parts


# ---------------------------------------------------------------- writing


def _incident(shown: Incident, suggested: Mapping[ExclusionCause | None, int]) -> str:
    end = local(shown.ended_at) if shown.ended_at else "now"
    again = f", fell {shown.falls} times" if shown.falls > 1 else ""
    split = ", split off" if shown.split_from else ""
    outages = sum(suggested.values())
    cause = "".join(
        f", exclusion as {excusable}" + ("" if count == outages else f" for {count} of {outages} outages")
        for excusable, count in sorted(suggested.items(), key=str)
        if excusable
    )
    return f"{local(shown.since_at)} to {end} {_suspect(shown)}, {shown.cameras} cameras{again}{split}{cause}"


def _now(shown: Incident) -> str:
    young = "" if shown.settled else ", forming"
    address = "".join(ADDRESS.get(evidence.clue, "") for evidence in shown.evidence)
    return f"{_suspect(shown)}, {len(shown.camera_ids)} cameras{young}{address}"


def _suspect(shown: Incident) -> str:
    return f"{shown.suspect.origin.value} {shown.suspect.name}".strip()


def _causes(downs: Sequence[Outage]) -> dict[str, str]:
    counts = Counter(outage.cause for outage in downs)
    return {cause.value: str(count) for cause, count in sorted(counts.items(), key=str)}


def _unknown(by_camera: dict[str, list[Transition]], until: datetime) -> Iterator[str]:
    """The spans in which nobody can say anything about a camera, camera by camera; equal ones together."""
    spans: dict[tuple[datetime, datetime, Cause], list[str]] = {}
    for camera_id, moves in by_camera.items():
        for move, after in pairwise([*moves, None]):
            if move is not None and move.new is State.UNKNOWN:
                spans.setdefault((move.at, after.at if after else until, move.cause), []).append(camera_id)
    for (start, end, cause), camera_ids in sorted(spans.items(), key=lambda item: (parts(item[1][0]), item[0])):
        yield f"{names(camera_ids)}: {cause.value} from {local(start)} until {'now' if end == until else local(end)}"


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
