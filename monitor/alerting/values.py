"""The nouns of alerting: values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from monitor.incidents import Incident, Origin
from monitor.language import Phrase
from monitor.model import Camera, Site

NEAR = 4, 5  # of the limit

Area = tuple[str, str]  # a county and a town of it
Place = tuple[str, str, str]  # a county, a town, a village
Where = tuple[str, str, str, str]  # a place and the name of a site there, "" from where nothing is said


class Severity(StrEnum):
    """How urgent an incident is."""

    CRITICAL = "critical"  # several cameras at once, or our own blindness
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class RepairClock:
    """The repair clock of an incident: that of its camera whose limit comes first. Durations in microseconds."""

    limit_us: int
    ran_us: int
    major: bool
    late_cameras: int  # cameras whose limit has passed
    near: bool  # whether most of the limit of a camera is gone that is not late yet: time to warn


def is_near(limit_us: int, ran_us: int) -> bool:
    """Whether most of a limit is gone."""
    return ran_us * NEAR[1] >= limit_us * NEAR[0]


@dataclass(frozen=True, slots=True)
class IncidentFigures:
    """An open incident with where it is, how urgent, and its repair clock."""

    incident: Incident
    name: str  # of what is suspected, as people call it; "" for the monitor and the inventory
    county: str  # where all its cameras are; "" = in more than one
    town: str
    village: str
    site: str
    severity: Severity
    clock: RepairClock | None = None  # None: no contract sets a limit, or none of its cameras is down


NOT_DOWN = (Origin.CREDENTIALS, Origin.MONITOR, Origin.INVENTORY)  # nobody knows whether the cameras of these are


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a message about an open incident is made of, as known at one instant."""

    figures: IncidentFigures
    cameras: tuple[Camera, ...] = ()  # affected now, by id
    blind: tuple[Site, ...] = ()  # sites no camera shows, and of which it affects one
    planned: bool = False  # every affected camera is under planned work: nobody need be told

    @property
    def down(self) -> int:
        """How many of the cameras are down other than for planned work."""
        known = self.figures.incident.suspect.origin not in NOT_DOWN and not self.planned
        return len(self.figures.incident.camera_ids) if known else 0

    @property
    def villages(self) -> tuple[str, ...]:
        """Where somebody may have to go."""
        return tuple(sorted({camera.site.village for camera in self.cameras} - {""}))

    @property
    def area(self) -> Area | None:
        """The town of a camera alone, which a storm there counts, too; None: it is not alone."""
        if self.figures.incident.suspect.origin is not Origin.CAMERA or not self.cameras:
            return None
        return self.cameras[0].site.place[:2]


class Stage(StrEnum):
    """What a notice is about."""

    OPENED = "opened"
    WORSE = "worse"  # many more cameras than was told, or more urgent
    NEAR = "near"  # most of a repair limit is gone
    LATE = "late"  # a repair limit has passed
    REMINDER = "reminder"  # still open
    RECOVERED = "recovered"
    PARTLY = "partly"  # over as what was told, but some of its cameras are down
    REFUTED = "refuted"  # what was presumed of it proved wrong
    UNSEEN = "unseen"  # nothing is down any more, but of some cameras nobody knows how they are
    TAKEN = "taken"  # nothing of its own any more: a part of something else, or its cameras left the inventory
    LAPSED = "lapsed"  # an alert about a month that has ended: nothing recovered, its figures merely begin anew
    PLAIN = "plain"  # a text that is not about an incident: a bulletin, a test
    ALIVE = "alive"  # a sign of life for whoever raises the alarm when it hears none

    @property
    def over(self) -> bool:
        """Whether it ends what was told."""
        return self in ENDS


# Who was told of the beginning is told of one of these.
ENDS = frozenset({Stage.RECOVERED, Stage.PARTLY, Stage.REFUTED, Stage.UNSEEN, Stage.TAKEN, Stage.LAPSED})


@dataclass(frozen=True, slots=True)
class Left:
    """Of the cameras of what has ended, those that are not well."""

    down: int = 0
    unseen: int = 0  # UNKNOWN: busy, refusing the password, not asked
    ours: int = 0  # of the unseen, those that are so for a reason of our own: until we look, nothing is known
    gone: bool = False  # all of its cameras left the inventory


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that is due on one channel. It is durable before anything is sent."""

    subject: str  # the incident's id, what identifies an alert, or the key of a plain text
    stage: Stage
    severity: Severity
    at: datetime  # when it became due
    title: Phrase
    lines: tuple[Phrase, ...] = ()
    cameras: int = 0  # affected at that instant
    villages: tuple[str, ...] = ()
    down: int = 0  # of these cameras, where they are DOWN; of the others nobody knows
    incident: bool = True  # False: an alert without an incident, or a text
    area: Area | None = None  # where a storm is, or a camera alone that a storm there counts; None: of all else


@dataclass(frozen=True, slots=True)
class Storm:
    """The cameras of a town that are down and of which none has a line, cabinet or recorder to blame."""

    cameras: int  # without those at planned work
    villages: tuple[str, ...]
    planned: int = 0  # cameras at planned work: no reason to tell of a storm, and none to call it over


@dataclass(frozen=True, slots=True)
class Village:
    """The cameras of a village, and how many of them are up and down; those at planned work are neither."""

    cameras: int = 0  # 0: all of them left the inventory
    up: int = 0
    down: int = 0
    up_at_work: int = 0  # at planned work
    down_at_work: int = 0
    ours: int = 0  # UNKNOWN for a reason of our own
    removed: int = 0  # left the inventory, which nobody has confirmed; not among the cameras

    @property
    def left(self) -> Left:
        """Those that are not well, at planned work or not."""
        down = self.down + self.down_at_work
        unseen = self.cameras - self.up - self.up_at_work - down
        return Left(down + self.removed, unseen, self.ours, gone=self.cameras == 0)


@dataclass(frozen=True, slots=True)
class Spot:
    """The cameras of a site."""

    cameras: int = 0  # 0: all of them left the inventory
    shown: bool = False  # whether one of them is known to show it; none is, be they UNKNOWN or at planned work
    down: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What one channel knows of one subject: the fold of its notices."""

    subject: str
    open: bool  # False: it was told that it is over
    at: datetime  # when something was told last
    since_at: datetime  # when it began
    title: Phrase  # of what it was told first, without its stage
    severity: Severity = Severity.WARNING
    falls: int = 1  # of those it knows
    cameras: int = 0  # the most that it knows of
    villages: tuple[str, ...] = ()
    near: bool = False
    late: bool = False
    called: bool = False  # Alertmanager has called for it, and nothing could be told yet
    incident: bool = True  # False: an alert without an incident
    area: Area | None = None  # as of a notice
    where: Where = ("", "", "", "")  # what an alert without an incident is about
    line: Phrase | None = None  # of an alert without an incident, what stood below its title: which site, which channel


@dataclass(frozen=True, slots=True)
class Patience:
    """After how long without a word an open incident is told again."""

    critical: timedelta = timedelta(hours=4)
    warning: timedelta = timedelta(hours=24)

    def of(self, severity: Severity) -> timedelta:
        """That of one severity."""
        match severity:
            case Severity.CRITICAL:
                return self.critical
            case Severity.WARNING:
                return self.warning


HEARTBEAT = "heartbeat"  # the receiver of signs of life
OFFICE = "office"  # the party that pays and checks

# Who is told of what where no Alertmanager decides it; the names are those of config/alertmanager.
AUDIENCE: Mapping[Severity, tuple[str, ...]] = MappingProxyType(
    {Severity.CRITICAL: ("vendor-on-call",), Severity.WARNING: ("tickets",)}
)
