"""What an outage looks like from afar: who else was down with it speaks for a cause. Pure; a person decides."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType

from monitor.incidents import BAD_LINE, Origin
from monitor.model import Camera, Cause, ExclusionCause, Span
from monitor.sla import intersect, length

MOST = 2  # a neighbour was down with it if it was down for at least one half of the time

# What the presumed origin of an outage's incident pre-fills; other origins are nobody's exclusion.
CAUSE_OF_ORIGIN: Mapping[Origin, ExclusionCause] = MappingProxyType(
    {
        Origin.CARRIER_LINE: ExclusionCause.CARRIER_LINE,
        Origin.UPLINK: ExclusionCause.CARRIER_LINE,
        Origin.POWER_CABINET: ExclusionCause.POWER,
    }
)


def presumed_cause(
    origin: Origin | None,
    causes: Collection[Cause],
    camera: Camera,
    span: Span,
    cameras: Collection[Camera],
    down: Mapping[str, Sequence[Span]],
) -> ExclusionCause | None:
    """What the presumed origin of an outage's incident pre-fills, or else what the others that were down suggest.

    ``causes`` are those of the outage: of a device that answers no neighbour says anything.
    """
    if asks_neighbours(origin):
        return suggested_cause(camera, span, cameras, down) if BAD_LINE.issuperset(causes) else None
    return None if origin is None else CAUSE_OF_ORIGIN.get(origin)


def asks_neighbours(origin: Origin | None) -> bool:
    """Whether others that were down are asked: where nothing is presumed (None), or the camera and nothing wider."""
    return origin is None or origin is Origin.CAMERA


def suggested_cause(
    camera: Camera, span: Span, cameras: Collection[Camera], down: Mapping[str, Sequence[Span]]
) -> ExclusionCause | None:
    """The whole uplink down is the carrier's line; the whole village, over more than one uplink, is power; else None.

    ``down`` are the spans each camera was DOWN, ascending and disjoint. One camera alone says nothing.
    """

    def all_down(alike: Callable[[Camera], bool]) -> bool:
        group = [other for other in cameras if alike(other)]
        return len(group) > 1 and all(_together(span, down.get(other.id, ())) for other in group)

    village = {other.uplink for other in cameras if other.site.village == camera.site.village}
    if len(village) > 1 and all_down(lambda other: other.site.village == camera.site.village):
        return ExclusionCause.POWER
    if camera.uplink and all_down(lambda other: other.uplink == camera.uplink):
        return ExclusionCause.CARRIER_LINE
    return None


def _together(span: Span, down: Sequence[Span]) -> bool:
    return length(intersect(down, [span])) * MOST >= span.end - span.start
