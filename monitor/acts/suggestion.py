"""What of an outage might be excluded, and why: what its camera hangs on was lost meanwhile. Pure; a person decides."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from monitor.incidents import SILENCE, Down, Origin, Reference, References, Suspect, shared
from monitor.model import Camera, ExclusionCause, Span, instant
from monitor.outages import Run
from monitor.sla import intersect, length, subtract

MOST = 2  # a neighbour was down with it if it was down for at least one half of the time

# What the presumed origin of an incident pre-fills; other origins are nobody's exclusion.
CAUSE_OF_ORIGIN: Mapping[Origin, ExclusionCause] = MappingProxyType(
    {
        Origin.CARRIER_LINE: ExclusionCause.CARRIER_LINE,
        Origin.UPLINK: ExclusionCause.CARRIER_LINE,
        Origin.POWER_CABINET: ExclusionCause.POWER,
    }
)


class Suggestion(NamedTuple):
    """A part of an outage, and the cause that excludes it."""

    cause: ExclusionCause
    span: Span
    incident: Reference | None  # on which it rests; None: on the neighbours that were down as well


def suggestions(
    camera: Camera,
    run: Run,
    span: Span,
    incidents: References,
    cameras: Collection[Camera],
    down: Mapping[str, Sequence[Span]],
) -> list[Suggestion]:
    """By start: the parts of the outage in which something was lost that takes several cameras with it.

    ``span`` is the outage as far as it is asked about; ``cameras`` are the neighbours and ``down`` their times offline.
    Of a device that answered, by any of the causes recorded, only its own incident says anything.
    """
    own = incidents.of(camera.id, instant(run.start))
    silent = SILENCE.issuperset(run.causes)
    found: list[Suggestion] = []
    left = [span]
    for loss in sorted(incidents.losses(camera, own), key=lambda loss: loss.incident != own):
        cause = CAUSE_OF_ORIGIN.get(loss.incident.origin)
        if cause is not None and (silent or loss.incident == own):
            found += (Suggestion(cause, part, loss.incident) for part in intersect(left, loss.spans))
            left = subtract(left, loss.spans)
    if not found and silent and asks_neighbours(own):
        found += _by_neighbours(camera, span, incidents, cameras, down)
    return sorted(found, key=lambda each: each.span)


def asks_neighbours(own: Reference | None) -> bool:
    """Whether others that were down are asked: where nothing is presumed (None), or the camera and nothing wider.

    Where a wider guess proved wrong, that they were down as well has been weighed already: also for what was split off.
    """
    return own is None or (own.suspect.origin is Origin.CAMERA and not own.split_from_refuted)


def _by_neighbours(
    camera: Camera,
    span: Span,
    incidents: References,
    cameras: Collection[Camera],
    down: Mapping[str, Sequence[Span]],
) -> Iterator[Suggestion]:
    """The whole uplink down is the carrier's line; the whole village, over several uplinks, is power; else nothing.

    ``down`` are the spans each camera was DOWN, ascending and disjoint. One camera alone says nothing. A line whose own
    address answered meanwhile was there, and so was the power of a village in which any line's or cabinet's did.
    """

    def all_down(group: Sequence[Camera]) -> list[Down]:
        """Their outages meanwhile; none where not all were down."""
        if len(group) < 2 or not all(_together(span, down.get(other.id, ())) for other in group):
            return []
        return [Down(part, other.id) for other in group for part in down[other.id] if intersect([part], [span])]

    village = [other for other in cameras if other.site.village == camera.site.village]
    powered = {Suspect(Origin.UPLINK, other.uplink) for other in village}
    several = len(powered) > 1
    powered |= {Suspect(Origin.POWER_CABINET, other.cabinet) for other in village}
    those, cause = [], ExclusionCause.POWER
    if several and not any(incidents.works(suspect, span) for suspect in powered):
        those = all_down(village)
    if not those and camera.uplink and not incidents.works(Suspect(Origin.UPLINK, camera.uplink), span):
        line = [other for other in cameras if other.uplink == camera.uplink]
        those, cause = all_down(line), ExclusionCause.CARRIER_LINE
    for part in intersect([span], shared(those, incidents.together)):
        yield Suggestion(cause, part, None)


def _together(span: Span, down: Sequence[Span]) -> bool:
    return length(intersect(down, [span])) * MOST >= span.end - span.start
