"""The fold: what became known when goes in, incidents come out.

What becomes known at one instant is one step, whatever order it is told in: it is put in order and judged when time
moves on. So a monitor that runs and one that reads its record afterwards come to the same incidents.

| module | decides |
|---|---|
| ``faults`` | what a camera's transitions say of it: faults, and who is seen |
| ``topology`` | what stands and falls together, and how many of it fell |
| ``guessing`` | which outages are one incident |
| ``doubting`` | which are not after all |
| ``courses`` | how an incident begins, falls again and ends |
| ``weighing`` | how sure that is, and why |
| ``reference`` | to which incident an outage belongs, for whoever reads the record afterwards |

A fault opens an incident of its own. When most of what stands and falls with a recorder, a cabinet, an uplink or a
carrier's line is down since the same few minutes, their incidents become one, which keeps the name of the eldest. It
grows while more fall. Once cameras come back, the guess says that all will: those that have not, some minutes after the
last that did, have another fault and become incidents of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from operator import attrgetter

from monitor.incidents.blindness import BlindSpot, UnseenSite, blind_spots, unseen_sites
from monitor.incidents.courses import NEVER, Archive, Courses
from monitor.incidents.doubting import Doubting
from monitor.incidents.faults import Course, Fault, Kind, Sight, go_on, goes_on, kind_of, outages_of
from monitor.incidents.guessing import Guessing
from monitor.incidents.topology import Topology
from monitor.incidents.values import Enrolled, Incident, News, Part, Reach, Rules, Struck
from monitor.model import Camera, Outage, State, Transition


class Incidents:
    """All incidents of one record. Time never goes back: what comes late is taken to become known now."""

    def __init__(self, rules: Rules, archive: Archive = lambda *_: None) -> None:
        """``archive`` is told of every incident that has ended for good, with all its parts."""
        self.rules = rules
        self._topology = Topology()
        self._sights: dict[str, Sight] = {}
        self._courses = Courses(rules, self._topology, self._sights, archive)
        self._guessing = Guessing(rules, self._topology, self._sights, self._courses)
        self._doubting = Doubting(rules, self._topology, self._sights, self._courses)
        self._told: list[News] = []  # what became known now and is not judged yet

    # ------------------------------------------------------------ telling

    def note(self, known_at: datetime, news: News) -> None:
        """Something became known at an instant; what one camera did comes in its order."""
        self.advance(known_at)
        self._told.append(news)

    def advance(self, now: datetime) -> None:
        """Time has come so far: everything that became known before ``now`` is judged."""
        if now <= self._courses.now:
            return
        self._judge()
        for course in self._courses.due(now):
            self._ring(course)
        self._courses.now = now

    # ------------------------------------------------------------ asking

    def open(self) -> Iterator[Incident]:
        """What is open, as far as judged, by seniority; each is worked out when it is asked for.

        Whoever takes a break in between gets those that were open at the first and still are, each as it stands then.
        """
        for course in sorted(self._courses.running.values(), key=attrgetter("seniority")):
            if self._courses.running.get(course.id) is course:
                yield self._courses.shown(course)

    def camera(self, camera_id: str) -> Camera:
        """The camera as the inventory described it last."""
        return self._sights[camera_id].camera

    def state(self, camera_id: str) -> State | None:
        """What is believed of a camera, also of one that left the inventory; None where it never was in it."""
        sight = self._sights.get(camera_id)
        return None if sight is None else sight.state

    def unseen_by_us(self, camera_id: str) -> bool:
        """Whether a camera is UNKNOWN for a reason of our own: it has to be looked at before anything is known."""
        sight = self._sights.get(camera_id)
        return sight is not None and sight.ours

    def believed(self) -> tuple[tuple[Camera, State], ...]:
        """Every camera in the inventory, and what is believed of it."""
        return tuple((sight.camera, sight.state) for sight in self._sights.values() if sight.watched)

    def departed(self) -> tuple[tuple[Camera, State], ...]:
        """Every camera that left the inventory, confirmed or not, and what is believed of it."""
        return tuple((sight.camera, sight.state) for sight in self._sights.values() if not sight.watched)

    def lasting(self) -> tuple[tuple[Camera, tuple[Outage, ...]], ...]:
        """Every camera in the inventory with an outage that lasts, and since when it was known to be down."""
        return tuple(
            (sight.camera, outages_of(sight.fault))
            for sight in self._sights.values()
            if sight.watched and sight.fault is not None and sight.fault.kind is Kind.OUTAGE
        )

    def of_camera(self, camera_id: str) -> str | None:
        """The open incident the camera is affected by; None when it is by none."""
        sight = self._sights.get(camera_id)
        return sight.fault.course.id if sight and sight.fault and sight.fault.course else None

    def recent(self) -> tuple[Incident, ...]:
        """What has ended and may fall again, the latest first."""
        ended = [course.final for course in self._courses.latest.values() if course.final is not None]
        return tuple(sorted(ended, key=lambda shown: (shown.ended_at or NEVER, shown.id), reverse=True))

    def finish(self) -> tuple[tuple[Incident, tuple[Part, ...]], ...]:
        """Nothing more will be told: every incident that is open or may fall again, with its parts.

        The others went to the archive.
        """
        self._judge()
        ended = [course for course in self._courses.latest.values() if course.final is not None]
        everything = sorted([*self._courses.running.values(), *ended], key=attrgetter("seniority"))
        return tuple((self._courses.shown(course), tuple(course.parts)) for course in everything)

    def blind_spots(self) -> tuple[BlindSpot, ...]:
        """Sites no camera shows, longest first."""
        return blind_spots(self._sights.values())

    def unseen_sites(self) -> tuple[UnseenSite, ...]:
        """Sites of which nobody knows whether a camera shows them."""
        return unseen_sites(self._sights.values())

    # ------------------------------------------------------------ one step

    def _judge(self) -> None:
        told, self._told = self._told, []
        if not told:
            return
        touched: dict[str, None] = {}
        about: dict[str, None] = {}  # cameras of which a place said something
        begun: list[Fault] = []
        for news in sorted(told, key=_order):
            match news:
                case Enrolled(camera):
                    sight = self._sights.get(camera.id)
                    if sight is None:
                        sight = self._sights[camera.id] = Sight(camera)
                    else:
                        self._topology.leave(sight)
                        sight.camera, sight.watched = camera, True
                    self._topology.enter(sight)
                    touched[camera.id] = None
                case Struck(camera_id):
                    self._strike(camera_id)
                    touched[camera_id] = None
                case Transition(camera_id=camera_id):
                    begun += self._believe(news)
                    touched[camera_id] = None
                case Reach(origin, name, reachable):
                    about.update(dict.fromkeys(self._topology.reach(origin, name, reachable, self._courses.now)))
        lasting = [fault for fault in begun if self._sights[fault.camera.id].fault is fault]
        for fault in sorted(lasting, key=attrgetter("key")):
            self._courses.begin(fault)
        about.update(dict.fromkeys(fault.camera.id for fault in lasting))
        self._guessing.look_at(touched | about)
        self._guessing.regroup(about)

    def _strike(self, camera_id: str) -> None:
        sight = self._sights.get(camera_id)
        if sight is not None:
            self._topology.leave(sight)
            sight.watched = False

    def _believe(self, new: Transition) -> list[Fault]:
        """Take in what is believed of one camera; the fault that began with it, if any."""
        sight = self._sights.get(new.camera_id)
        if sight is None:
            return []
        kind, before = kind_of(new), sight.fault
        witness = sight.online or sight.answers or (before is not None and before.kind is Kind.OUTAGE)
        self._topology.leave(sight)
        sight.believe(new)
        begun: list[Fault] = []
        if before is not None and not goes_on(before, kind):
            self._courses.over(before, new)
            sight.fault = before = None
        elif before is not None:
            go_on(before, new)
        if kind is not None and before is None:
            sight.fault = Fault(sight.camera, new.at, kind, new.cause)
            begun.append(sight.fault)
        self._topology.enter(sight)
        if not witness and (sight.online or sight.answers):
            self._doubting.doubt(sight.camera)
        return begun

    def _ring(self, course: Course) -> None:
        """Time has passed that says something about the incident, unless something happened since."""
        if course.ended_at is not None:
            if self._courses.now - course.ended_at >= self.rules.hold + self.rules.together:
                self._courses.finish(course)
        elif self._courses.running.get(course.id) is course and self._doubting.overdue(course):
            left = self._doubting.split(course)
            self._guessing.regroup(left)


def _order(news: News) -> tuple[int, str]:
    """Within one step: the inventory first, then camera by camera, then places."""
    match news:
        case Enrolled(camera):
            return 0, camera.id
        case Struck(camera_id):
            return 0, camera_id
        case Transition(camera_id=camera_id):
            return 1, camera_id
        case Reach(origin, name, _):
            return 2, f"{origin} {name}"
