"""The nouns of incidents: values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from monitor.model import Camera, Cause, Transition


class Origin(StrEnum):
    """What is presumed to have failed; the order is from narrow to wide."""

    CAMERA = "camera"
    RECORDER = "recorder"
    POWER_CABINET = "power_cabinet"
    UPLINK = "uplink"
    CARRIER_LINE = "carrier_line"
    CREDENTIALS = "credentials"  # the device is there and refuses ours
    MONITOR = "monitor"  # our own blindness: no camera is blamed
    INVENTORY = "inventory"  # taken out of it, and nobody has confirmed that it may

    @property
    def width(self) -> int:
        """How much stands and falls with it: 0 for a camera, up to 4 for a carrier's line."""
        return _WIDTHS.get(self, 0)


_WIDTHS = {Origin.RECORDER: 1, Origin.POWER_CABINET: 2, Origin.UPLINK: 3, Origin.CARRIER_LINE: 4}


class Suspect(NamedTuple):
    """One thing that may have failed."""

    origin: Origin
    name: str  # of the recorder, cabinet, uplink, carrier or account; the camera's id; "" for the monitor itself
    town: str = ""  # of a carrier's line: it is judged town by town


class Clue(StrEnum):
    """The closed list of what speaks for a presumed origin, or against it."""

    FELL_TOGETHER = "fell_together"  # ``count`` of ``of`` cameras in sight went down within minutes
    OTHERS_ONLINE = "others_online"  # ``count`` cameras on the same line show that it works
    NOTHING_TO_COMPARE = "nothing_to_compare"  # no other camera on its line is in sight
    NOTHING_ANSWERS = "nothing_answers"  # at ``count`` addresses there is silence
    DEVICE_ANSWERS = "device_answers"  # it is there, and its answer is ``cause``
    PLACE_LOST = "place_lost"  # the probe address of the suspect answered before and does not now
    PLACE_ANSWERS = "place_answers"  # the probe address of the suspect answers
    CAME_BACK = "came_back"  # ``count`` cameras are online again
    FELL_AGAIN = "fell_again"  # ``count`` times within a quarter of an hour after coming back
    CREDENTIALS_REFUSED = "credentials_refused"  # by ``count`` devices; the first said ``cause``
    MONITOR_FAILED = "monitor_failed"  # ``cause`` says how
    LEFT_INVENTORY = "left_inventory"  # ``count`` cameras
    REFUTED = "refuted"  # the guess proved wrong: too many of the suspect's cameras work, or too few came back together


@dataclass(frozen=True, slots=True)
class Evidence:
    """One clue with its numbers."""

    clue: Clue
    count: int = 0
    of: int = 0
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """How incidents are told apart, in time; the shares stand with the code that uses them."""

    together: timedelta = timedelta(minutes=3)  # outages that start this close may have one origin; >= max_gap
    grace: timedelta = timedelta(minutes=5)  # what is not back this long after the last that came back is another fault
    # Of what fell as one, one may be back first: the others have as long again as it was lost, but no longer than this.
    stagger: timedelta = timedelta(minutes=30)
    hold: timedelta = timedelta(minutes=15)  # what falls again this soon after its end is the same incident
    lull: timedelta = timedelta(hours=1)  # refused passwords and removals this close are one incident
    # Younger incidents may still turn out to be part of a wider one: whatever stands on one line is asked within one
    # interval of 60 s, and an answer that is refused is known 15 s before one that does not come.
    settling: timedelta = timedelta(seconds=75)
    repeat: timedelta = timedelta(days=7)  # a suspect that failed again within this time is a repeat fault


@dataclass(frozen=True, slots=True)
class Reach:
    """The probe address of a place (uplink, recorder, cabinet, carrier) began to answer, ceased to, or is not asked."""

    origin: Origin
    name: str
    reachable: bool | None  # None: it says nothing any more


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The inventory has the camera, in these words."""

    camera: Camera


@dataclass(frozen=True, slots=True)
class Struck:
    """The inventory has the camera no more."""

    camera_id: str


News = Transition | Reach | Enrolled | Struck


class Part(NamedTuple):
    """One camera's fault as a part of an incident."""

    camera_id: str
    start_at: datetime
    down: bool  # False: a time without sight, no outage


@dataclass(frozen=True, slots=True)
class Incident:
    """Outages of one presumed origin, as far as known at one instant."""

    id: str  # stays the same while it grows, falls again and closes
    suspect: Suspect
    since_at: datetime  # the first failing second of the earliest outage in it
    opened_at: datetime  # when it became known; >= since_at
    ended_at: datetime | None  # when the last camera was seen back; None = open
    camera_ids: tuple[str, ...]  # affected now, ascending; empty once it has ended
    cameras: int  # affected in all
    falls: int  # how often it went down: more than 1 for a flapping line
    confidence: float  # 0 ... 1, of the presumed origin
    evidence: tuple[Evidence, ...]
    cause: Cause  # of the earliest of its faults that last
    settled: bool  # False while it is so young that it may turn out to be part of a wider one
    repeat: bool  # the same suspect failed before within a week; of an account or the inventory: the same device
    split_from: str = ""  # the incident whose guess did not hold for these; "" = none
    refuted: bool = False  # its guess proved wrong, also for what was not split off
    affected_ids: tuple[str, ...] = ()  # once it has ended: whom it affected in all, ascending
    parted_ids: tuple[str, ...] = ()  # and those whose fault lasted on, as one of its own or of another incident
