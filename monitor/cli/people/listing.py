"""The outages of a month with the cause each suggests: on the screen, or as the CSV ``ledger exclude --file`` reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.acts.suggestion import Suggestion, suggestions
from monitor.calendar import month_of, month_span, parse_month
from monitor.cli.people import texts
from monitor.cli.people.desk import Desk
from monitor.cli.people.reasons import presumed, reason
from monitor.errors import UsageError
from monitor.incidents import Reference
from monitor.model import SECOND_US, Camera, Span, instant, micros
from monitor.outages import Run, runs
from monitor.render.csv import write_table
from monitor.wording import CAUSES
from monitor.writing import whole_file

HEADINGS = ("camera", "from", "to", "cause", "text", "evidence")  # of ``bulk``


@dataclass(frozen=True, slots=True)
class Lost:
    """One camera's time offline without a break, as far as it lies in the month and has passed."""

    camera: Camera
    span: Span
    run: Run
    incident: Reference | None  # None: it became known long after it was
    suggested: tuple[Suggestion, ...]  # for parts of it, by start; none: nothing it shares with others is excusable


def lost_in(month: str | None, desk: Desk) -> list[Lost]:
    """The month's outages of the contract's cameras, by start; the running month where none is named."""
    try:
        year_month = month_of(desk.now, desk.zone) if month is None else parse_month(month)
    except ValueError as error:
        raise UsageError(str(error)) from error
    start, end = month_span(*year_month, desk.zone)
    now, ledger = micros(desk.now), desk.record()
    period = Span(start, min(end, now))
    cameras = [record.camera for record in ledger.cameras() if record.removed_at is None]
    found = {camera_id: runs(course, now) for camera_id, course in ledger.courses(Span(start, now))}
    down = {camera_id: [_within(run, period) for run in each] for camera_id, each in found.items()}
    listed = [
        (camera, near, run, span)
        for camera, near in _with_neighbours(cameras)
        if desk.about(camera)
        for run, span in zip(found.get(camera.id, ()), down.get(camera.id, ()), strict=True)
        if span.start < span.end
    ]
    if not listed:
        return []
    spans = [span for *_, span in listed]
    incidents = desk.incidents(Span(min(span.start for span in spans), max(span.end for span in spans)))

    def lost(camera: Camera, near: Sequence[Camera], run: Run, span: Span) -> Lost:
        incident = incidents.of(camera.id, instant(run.start))
        suggested = suggestions(camera, run, span, incidents, near, down)
        return Lost(camera, span, run, incident, tuple(suggested))

    return sorted((lost(*each) for each in listed), key=lambda each: (each.span.start, each.camera.id))


def outage_lines(found: Sequence[Lost], desk: Desk) -> Iterator[str]:
    """One line each, beginning with the name by which other commands take it."""
    if not found:
        yield texts.NO_OUTAGES[desk.language]
    for lost in found:
        began = f"{lost.camera.id}@{desk.local(instant(lost.run.start))}"
        until = texts.NOT_OVER[desk.language] if lost.run.end is None else desk.local(instant(lost.run.end))
        told = "" if lost.incident is None else f"  [{presumed(lost.incident, desk.language)}]"
        guess = "".join(_guess(lost, each, desk) for each in lost.suggested)
        yield f"{began} - {until}  {lost.camera.name}  {_seen(lost, desk)}{told}{guess}"


def _guess(lost: Lost, suggestion: Suggestion, desk: Desk) -> str:
    """The cause, and for which part of the outage if not for all of it."""
    cause, span = texts.CAUSES[suggestion.cause][desk.language], suggestion.span
    part = "" if span == lost.span else f" {desk.local(instant(span.start))} - {desk.local(instant(span.end))}"
    return f"  -> {cause}{part}"


def write_storm(path: Path, found: Sequence[Lost], desk: Desk) -> int:
    """Those that are over and suggest a cause, a line for each part that does, in whole seconds; how many outages."""
    over = [lost for lost in found if lost.run.end is not None and lost.suggested]
    rows = [
        (
            lost.camera.id,
            *_seconds(each.span, desk),
            str(each.cause),
            _seen(lost, desk),
            reason(lost.incident, each, lost.run),
        )
        for lost in over
        for each in lost.suggested
    ]
    with whole_file(path) as file:
        write_table(HEADINGS, rows, file)
    return len(over)


def _seconds(span: Span, desk: Desk) -> tuple[str, str]:
    return desk.local(instant(span.start)), desk.local(instant(-(-span.end // SECOND_US) * SECOND_US))


def _seen(lost: Lost, desk: Desk) -> str:
    return texts.AND[desk.language].join(CAUSES[cause][desk.language] for cause in lost.run.causes)


def _within(run: Run, period: Span) -> Span:
    return Span(max(run.start, period.start), period.end if run.end is None else min(run.end, period.end))


def _with_neighbours(cameras: Sequence[Camera]) -> Iterator[tuple[Camera, Sequence[Camera]]]:
    """Every camera with those that share its village or its uplink, itself included."""
    groups: Mapping[tuple[str, str], dict[str, Camera]] = defaultdict(dict)
    for camera in cameras:
        for name in _groups(camera):
            groups[name][camera.id] = camera
    for camera in cameras:
        near = {camera_id: other for name in _groups(camera) for camera_id, other in groups[name].items()}
        yield camera, list(near.values())


def _groups(camera: Camera) -> list[tuple[str, str]]:
    uplink = [("uplink", camera.uplink)] if camera.uplink else []
    return [("village", camera.site.village), *uplink]
