"""To which incident each outage belongs, from what was told: how a report and a person's act refer to incidents."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from monitor.incidents.fold import Incidents
from monitor.incidents.sharing import Down, shared
from monitor.incidents.topology import carrier_of, suspects_of
from monitor.incidents.values import Evidence, Incident, News, Origin, Part, Reach, Rules, Suspect
from monitor.model import MICROSECOND, Camera, Span, State, Transition, Travelling, micros

LASTS = 1 << 62  # the end of what lasts


@dataclass(frozen=True, slots=True)
class Reference(Travelling):
    """An incident as others refer to it."""

    id: str
    suspect: Suspect  # presumed
    confidence: float  # of that, 0 ... 1
    evidence: tuple[Evidence, ...]
    refuted: bool = False  # that guess proved wrong
    split_from_refuted: bool = False  # it was split off one whose guess proved wrong

    @property
    def origin(self) -> Origin:
        """What is presumed; once a guess has proved wrong, each camera."""
        return Origin.CAMERA if self.refuted else self.suspect.origin


@dataclass(frozen=True, slots=True)
class Loss:
    """A time in which something was presumably lost that takes several cameras with it."""

    incident: Reference
    spans: tuple[Span, ...]  # what its outages share, ascending and disjoint


class References:
    """The incident of every outage that was told."""

    def __init__(
        self,
        found: Mapping[str, list[tuple[datetime, Reference]]],
        down: Mapping[str, Sequence[Span]],
        answered: Mapping[Suspect, Sequence[Span]],
        online: Mapping[str, Sequence[Span]],
        together: timedelta,
    ) -> None:
        """By camera, the starts of its faults ascending, each with its incident; its times offline, and those online.

        ``answered``: while probe addresses answered, by what they are the address of, in no town.
        """
        self._found = found
        self._down = down
        self._answered = answered
        self._online = online
        self.together = together // MICROSECOND

    def of(self, camera_id: str, start_at: datetime) -> Reference | None:
        """Of an outage by its first instant; None: nothing was told of it.

        What nobody watched may lie within a fault: the outage after it belongs to the incident of the one before.
        """
        starts = self._found.get(camera_id, [])
        number = bisect_right(starts, start_at, key=lambda fault: fault[0])
        return starts[number - 1][1] if number else None

    def works(self, suspect: Suspect, span: Span) -> bool:
        """Whether its own address answered within the span: all the time, or longer than edges lie apart."""
        times = self._answered.get(suspect._replace(town=""), ())
        there = (min(each.end, span.end) - max(each.start, span.start) for each in times)
        return any(time > min(self.together, span.end - span.start - 1) for time in there)

    def losses(self, camera: Camera, own: Reference | None) -> Iterator[Loss]:
        """Of what its own incident is about, and of all else the camera hangs on by what the inventory says.

        Of others than its own incident only those through which the camera was not seen online: it was not lost.
        """
        hangs_on = [*suspects_of(camera), carrier_of(camera)]
        for suspect in dict.fromkeys(hangs_on if own is None else [own.suspect, *hangs_on]):
            for loss in self._losses.get(suspect, ()):
                spared = () if loss.incident == own else self._online.get(camera.id, ())
                yield Loss(loss.incident, tuple(span for span in loss.spans if not self._within(span, spared)))

    def _within(self, span: Span, others: Sequence[Span]) -> bool:
        """Whether any of the others reaches farther into the span than its edges lie apart."""
        first, last = span.start + self.together, span.end - self.together
        return any(start < last and end > first for start, end in others)

    @cached_property
    def _losses(self) -> dict[Suspect, list[Loss]]:
        outages: dict[Reference, list[Down]] = {}
        for camera_id, starts in self._found.items():
            at = [micros(start_at) for start_at, _ in starts]
            for span in self._down.get(camera_id, ()):
                number = bisect_right(at, span.start)
                if number and starts[number - 1][1].origin.width and span.start < span.end:
                    outages.setdefault(starts[number - 1][1], []).append(Down(span, camera_id))
        found: dict[Suspect, list[Loss]] = {}
        for incident, those in outages.items():
            answered = self._answered.get(incident.suspect._replace(town=""), ())
            loss = Loss(incident, tuple(shared(those, self.together, answered)))
            found.setdefault(incident.suspect, []).append(loss)
        return found


def references(told: Iterable[tuple[datetime, News]], rules: Rules, until: datetime) -> References:
    """Fold what became known when, in that order, as it stands at ``until``; keep of every outage where it belongs."""
    found: dict[str, list[tuple[datetime, Reference]]] = {}
    down: dict[str, list[Span]] = {}
    online: dict[str, list[Span]] = {}
    answered: dict[Suspect, list[Span]] = {}
    wrong: set[str] = set()  # incidents whose guess proved wrong: kept before what was split off them

    def keep(incident: Incident, parts: Iterable[Part]) -> None:
        if incident.refuted:
            wrong.add(incident.id)
        about = Reference(
            incident.id,
            incident.suspect,
            incident.confidence,
            incident.evidence,
            incident.refuted,
            incident.split_from in wrong,
        )
        for part in parts:
            if part.down:
                found.setdefault(part.camera_id, []).append((part.start_at, about))

    incidents = Incidents(rules, keep)
    for known_at, news in told:
        incidents.note(known_at, news)
        match news:
            case Transition():
                _believe(down.setdefault(news.camera_id, []), micros(news.at), holds=news.new is State.DOWN)
                _believe(online.setdefault(news.camera_id, []), micros(news.at), holds=news.new.online)
            case Reach(origin, name, bool(reachable)):  # one that is asked no more has not fallen silent
                _believe(answered.setdefault(Suspect(origin, name), []), micros(known_at), holds=reachable)
            case _:
                pass
    incidents.advance(until)
    for incident, parts in incidents.finish():
        keep(incident, parts)
    for faults in found.values():
        faults.sort(key=lambda fault: fault[0])
    return References(found, down, answered, online, rules.together)


def rules_for(max_gap: timedelta) -> Rules:
    """The usual rules; outages are taken to start together within the time in which every camera has been asked."""
    usual = Rules()
    return Rules(together=max(usual.together, max_gap))


def _believe(spans: list[Span], at: int, *, holds: bool) -> None:
    """Take in whether it holds from then on; a span that lasts ends in a time to come."""
    lasts = bool(spans) and spans[-1].end == LASTS
    if lasts and not holds:
        spans[-1] = Span(spans[-1].start, at)
    elif not lasts and holds:
        spans.append(Span(at, LASTS))
