"""The incidents of this record, kept while it grows: what becomes durable is told to the rules, in the chain's order.

Nothing of it is written down. A monitor that starts reads its record once more and comes to the same incidents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from monitor.alerting import Facts, IncidentFigures, Left, Place, RepairClock, Severity, Spot, Village, Where, is_near
from monitor.contract import CameraFaults, Contract, Repair, clocks
from monitor.incidents import BlindSpot, Incident, Incidents, Origin, Part, Rules, UnseenSite
from monitor.ledger import TELLING, Entry, Ledger, told
from monitor.metrics import Ended
from monitor.model import Camera, Site, Span, State, micros
from monitor.outages import Fault

REMEMBERED = 5000  # ended incidents: whoever was told that one began is told how it ended; some MB at most
LONG_AGO = datetime.min.replace(tzinfo=UTC)
MANY = 1000  # cameras counted before others have their turn
BLOCK = 20  # incidents looked at before others have their turn
SEVERE = frozenset({Origin.RECORDER, Origin.POWER_CABINET, Origin.UPLINK, Origin.CARRIER_LINE, Origin.MONITOR})


class Casebook:
    """All incidents of one chain."""

    def __init__(self, rules: Rules, remembered: int = REMEMBERED) -> None:
        """``remembered``: how many incidents are kept that can fall no more."""
        self.rules = rules
        self._remembered = remembered
        self._ended: dict[str, Incident] = {}  # the latest of those that can fall no more
        self._forgotten_at = LONG_AGO  # the latest end of one that is not among them any more
        self._incidents = Incidents(rules, self._archive)
        self.repairs: Mapping[str, Repair] = {}  # by camera, as last looked at

    # ------------------------------------------------------------ telling

    def restore(self, ledger: Ledger) -> None:
        """Read the record from its beginning."""
        self.heard(ledger.entries_of(*TELLING))

    def heard(self, entries: Iterable[Entry]) -> None:
        """More of the record is durable."""
        for known_at, news in told(entries):
            self._incidents.note(known_at, news)

    def advance(self, horizon: datetime) -> None:
        """Nothing more will be recorded before this instant."""
        self._incidents.advance(horizon)

    # ------------------------------------------------------------ asking

    def incidents(
        self, horizon: datetime, gone: Callable[[str], bool]
    ) -> Generator[None, None, tuple[IncidentFigures, ...]]:
        """What is open at the instant before which nothing more will be recorded, by when it became known.

        In steps, as all that is shown. Cameras that may be ``gone`` are no incident any more.
        """
        self.advance(horizon)
        shown: list[IncidentFigures] = []
        for nth, incident in enumerate(self._incidents.open(), 1):
            if not all(gone(camera_id) for camera_id in incident.camera_ids):
                shown.append(self._figures(incident, incident.camera_ids))
            if nth % BLOCK == 0:
                yield
        return tuple(shown)

    def facts(
        self, horizon: datetime, gone: Callable[[str], bool], at_work: Callable[[Camera], bool]
    ) -> Generator[None, None, tuple[Facts, ...]]:
        """The same with all that a message is made of; in steps. ``at_work``: whether there is planned work now."""
        every = yield from self.incidents(horizon, gone)
        blind: dict[str, Site] = {}
        for spot in self._incidents.blind_spots():
            blind |= dict.fromkeys(spot.camera_ids, spot.site)
        found: list[Facts] = []
        for nth, figures in enumerate(every, 1):
            affected = figures.incident.camera_ids
            cameras = tuple(self._incidents.camera(camera_id) for camera_id in affected)
            sites = {blind[camera_id].id: blind[camera_id] for camera_id in affected if camera_id in blind}
            found.append(Facts(figures, cameras, tuple(sites.values()), all(map(at_work, cameras))))
            if nth % BLOCK == 0:
                yield
        return tuple(found)

    def villages(
        self, at_work: Callable[[Camera], bool], gone: Callable[[str], bool]
    ) -> Generator[None, None, dict[Place, Village]]:
        """How the cameras of each village stand, also of one that has none any more; in steps."""
        counts: dict[Place, list[int]] = {}  # the fields of a village, in their order
        for nth, (camera, state) in enumerate(self._incidents.believed(), 1):
            its = counts.setdefault(camera.site.place, [0] * 7)
            its[0] += 1
            if state is State.UNKNOWN:
                its[5] += self._incidents.unseen_by_us(camera.id)
            else:
                its[(1 if state.online else 2) + (2 if at_work(camera) else 0)] += 1
            if nth % MANY == 0:
                yield
        for nth, (camera, state) in enumerate(self._incidents.departed(), 1):
            its = counts.setdefault(camera.site.place, [0] * 7)
            its[6] += state is State.DOWN and not gone(camera.id)
            if nth % MANY == 0:
                yield
        return {place: Village(*its) for place, its in counts.items()}

    def sites(self) -> Generator[None, None, dict[Where, Spot]]:
        """How the cameras of each site stand, also of one that has none any more; in steps."""
        counts: dict[Where, list[int]] = {}  # cameras, and of these those that are up and down
        for nth, (camera, state) in enumerate(self._incidents.believed(), 1):
            site = camera.site
            its = counts.setdefault((*site.place, site.name), [0, 0, 0])
            its[0] += 1
            its[1] += state is State.UP
            its[2] += state is State.DOWN
            if nth % MANY == 0:
                yield
        for camera, _ in self._incidents.departed():
            counts.setdefault((*camera.site.place, camera.site.name), [0, 0, 0])
        spots: dict[Where, Spot] = {}
        for nth, (where, (cameras, up, down)) in enumerate(counts.items(), 1):
            spots[where] = Spot(cameras, up > 0, down)
            if nth % MANY == 0:
                yield
        return spots

    def dark_sites(self, at_work: Callable[[Camera], bool]) -> Generator[None, None, tuple[BlindSpot, ...]]:
        """The blind spots, each with its cameras that are in a contract and not at planned work; in steps."""
        found: list[BlindSpot] = []
        for nth, spot in enumerate(self._incidents.blind_spots(), 1):
            cameras = map(self._incidents.camera, spot.camera_ids)
            ids = tuple(camera.id for camera in cameras if camera.in_contract and not at_work(camera))
            if ids:
                found.append(replace(spot, camera_ids=ids))
            if nth % BLOCK == 0:
                yield
        return tuple(found)

    def ended(self) -> dict[str, Incident]:
        """The incidents that have ended, by id, unless that is long ago."""
        return self._ended | {shown.id: shown for shown in self._incidents.recent()}

    def ended_since(self, horizon: datetime, since_at: datetime, most: int) -> Generator[None, None, Ended]:
        """What has ended after ``since_at`` and became known before the horizon, the latest first; in steps."""
        self.advance(horizon)
        since_at = max(since_at, self._forgotten_at)
        ends = [(shown.ended_at, shown.id, shown) for shown in self.ended().values() if shown.ended_at is not None]
        late = sorted((end for end in ends if end[0] > since_at), reverse=True)
        shown: list[IncidentFigures] = []
        for nth, (_, _, incident) in enumerate(late[:most], 1):
            shown.append(self._figures(incident, incident.affected_ids))
            if nth % BLOCK == 0:
                yield
        return Ended(since_at, tuple(shown), len(late) - len(shown))

    def left(self, camera_ids: Collection[str], gone: Callable[[str], bool]) -> Left:
        """How many of these cameras are down, and of how many nobody knows; those that may be ``gone`` are neither."""
        there = [camera_id for camera_id in camera_ids if not gone(camera_id)]
        states = Counter(map(self._incidents.state, there))
        ours = sum(map(self._incidents.unseen_by_us, there))
        return Left(states[State.DOWN], states[State.UNKNOWN], ours, gone=bool(camera_ids) and not there)

    def incident_of(self, camera_id: str) -> str | None:
        """The open incident that affects the camera."""
        return self._incidents.of_camera(camera_id)

    def blind_spots(self) -> tuple[BlindSpot, ...]:
        """Sites that no camera shows."""
        return self._incidents.blind_spots()

    def unseen_sites(self) -> tuple[UnseenSite, ...]:
        """Sites of which nobody knows whether a camera shows them."""
        return self._incidents.unseen_sites()

    def in_state(self, state: State) -> frozenset[str]:
        """The cameras in the inventory that are believed to be in it."""
        return frozenset(camera.id for camera, believed in self._incidents.believed() if believed is state)

    def faults(self, excluded: Callable[[Camera], Sequence[Span]], until: int) -> list[CameraFaults]:
        """Every fault that lasts, as far as known at ``until``, for the repair clocks."""
        found = []
        for camera, outages in self._incidents.lasting():
            spans = (
                Span(micros(each.start_at), until if each.end_at is None else micros(each.end_at)) for each in outages
            )
            down = tuple(span for span in spans if span.start < span.end)
            if down:
                found.append(CameraFaults(camera, [Fault(down, None)], excluded(camera)))
        return found

    # ------------------------------------------------------------ inside

    def _archive(self, incident: Incident, _: tuple[Part, ...]) -> None:
        self._ended.pop(incident.id, None)
        self._ended[incident.id] = incident
        if len(self._ended) > self._remembered:
            forgotten = self._ended.pop(next(iter(self._ended)))
            self._forgotten_at = max(self._forgotten_at, forgotten.ended_at or LONG_AGO)

    def _figures(self, incident: Incident, affected: Sequence[str]) -> IncidentFigures:
        cameras = [self._incidents.camera(camera_id) for camera_id in affected]
        return IncidentFigures(
            incident=incident,
            name=cameras[0].name if incident.suspect.origin is Origin.CAMERA else incident.suspect.name,
            county=_shared(camera.site.county for camera in cameras),
            town=_shared(camera.site.town for camera in cameras),
            village=_shared(camera.site.village for camera in cameras),
            site=_shared(camera.site.name for camera in cameras),
            severity=Severity.CRITICAL if incident.suspect.origin in SEVERE else Severity.WARNING,
            clock=clock_of([self.repairs[one] for one in incident.camera_ids if one in self.repairs]),
        )


def running_repairs(cameras: Sequence[CameraFaults], contracts: Sequence[Contract], until: int) -> dict[str, Repair]:
    """The repair clock of each camera that is down, under the first contract about it that sets a limit.

    Whether a fault is major is judged among the cameras that are down now; the report looks at all of the period.
    """
    found: dict[str, Repair] = {}
    for nth, contract in enumerate(contracts):
        if contract.repair is None:
            continue
        its = [
            fault
            for fault in cameras
            if contract.about(fault.camera) and not any(other.about(fault.camera) for other in contracts[:nth])
        ]
        found |= {repair.camera_id: repair for repair in clocks(its, contract.repair, until).repairs}
    return found


def clock_of(repairs: Sequence[Repair]) -> RepairClock | None:
    """The clock of an incident: the camera of which the least is left."""
    if not repairs:
        return None
    first = min(repairs, key=lambda repair: (repair.limit_us - repair.ran_us, repair.camera_id))
    waiting = [repair for repair in repairs if repair.late_from is None]
    return RepairClock(
        first.limit_us,
        first.ran_us,
        first.major,
        late_cameras=len(repairs) - len(waiting),
        near=any(is_near(repair.limit_us, repair.ran_us) for repair in waiting),
    )


def _shared(names: Iterable[str]) -> str:
    """The name, if all have the same."""
    different = set(names)
    return different.pop() if len(different) == 1 else ""
