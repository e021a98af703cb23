"""What is believed about every camera, and its sums. The ledger is the record; this is its present face.

A belief changes here only after the change is durable, so whatever a page, a metric or a message shows can be found
in the ledger, whenever the process dies.
"""

from __future__ import annotations

import asyncio
from bisect import insort
from collections import defaultdict, deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from monitor.calendar import in_service_span
from monitor.engine.figures import Figures, MonthCalendar
from monitor.engine.recorder import Recorder
from monitor.engine.timeline import Timeline
from monitor.ledger import CameraRemoved, Event, Ledger, TransitionRecorded
from monitor.liveness import Policy, Track, blind, lapse, new_track, removed, settled_at, step
from monitor.model import (
    Camera,
    CameraStatus,
    Cause,
    Maintenance,
    Result,
    Seconds,
    Span,
    Transition,
    micros,
)
from monitor.schedule import phase
from monitor.sla import merge, out_of_reach

PROSPECTS_AGE = timedelta(minutes=5)
SLICE = 50  # cameras looked at before others have their turn: a millisecond, rarely two
RECENT = 1000  # transitions kept for pages that ask "what is new"
NOTHING: Final[Mapping[str, Sequence[Span]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Prospect:
    """What one camera did in the last day, and what it owes this month (microseconds)."""

    last_day: Seconds
    owed_us: int  # in the whole month: what of it is not summed yet is still to come
    lost: bool  # its own rate can no longer reach the target
    gone: bool  # it is watched no more, and nothing is owed from now on: only sums still speak of it
    seen_at: datetime
    month: Span


@dataclass(slots=True)
class Place:
    """One camera's place on the board."""

    camera: Camera
    first_added_at: datetime
    track: Track
    figures: Figures
    watched: bool  # in the inventory
    blinded_at: datetime | None = None  # when a blind span was told: what was asked before it says nothing
    asked_at: datetime | None = None  # when the probe under way began
    result: Result | None = None
    unjudged: tuple[Cause, ...] = ()  # what its last decoded picture showed too little to tell
    prospect: Prospect | None = None  # None: to be looked at anew
    shown: CameraStatus | None = None  # as it was shown last; the same object as long as nothing changes


class Board:
    """Beliefs and sums of all cameras of the record, watched or removed."""

    def __init__(self, policy: Policy, calendar: MonthCalendar, recorder: Recorder, timeline: Timeline) -> None:
        self.policy = policy
        self.calendar = calendar
        self._recorder = recorder
        self._timeline = timeline
        self._places: dict[str, Place] = {}
        self._in_turn: list[Place] = []  # in the order in which they are asked
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._maintenance: tuple[Maintenance, ...] = ()
        self._granted = self._absent = NOTHING
        self._recent: deque[tuple[int, Transition]] = deque(maxlen=RECENT)
        self._published = 0

    # ------------------------------------------------------------ asking

    def watched(self, camera_id: str) -> Camera | None:
        """The camera as it is to be probed, or None when it is not in the inventory any more."""
        place = self._places.get(camera_id)
        return place.camera if place and place.watched else None

    def track(self, camera_id: str) -> Track:
        """What is believed about the camera."""
        return self._places[camera_id].track

    def watched_ids(self) -> frozenset[str]:
        """The cameras in the inventory."""
        return frozenset(camera_id for camera_id, place in self._places.items() if place.watched)

    def recent(self, after: int, limit: int) -> list[tuple[int, Transition]]:
        """Published transitions numbered above ``after``, oldest first; numbers start at 1 with the process."""
        newer = [(number, transition) for number, transition in self._recent if number > after]
        return newer[:limit]

    def excluded(self, camera: Camera) -> list[Span]:
        """What planned work and agreed exclusions take out of the camera's time."""
        return merge([*self._planned(camera), *self._granted.get(camera.id, ())])

    def gone(self, camera_id: str) -> bool:
        """Whether the camera left the inventory, and somebody has confirmed that it may."""
        place = self._places.get(camera_id)
        return place is not None and not place.watched and bool(self._absent.get(camera_id))

    def at_work(self, camera: Camera) -> bool:
        """Whether planned work is under way at the camera."""
        if not self._maintenance:  # which is so mostly, and asked of every camera every ten seconds
            return False
        now = self._timeline.now()
        return any(
            window.start_at <= now < window.end_at and window.scope.covers(camera) for window in self._maintenance
        )

    def month(self) -> Span:
        """The running calendar month of the contract's zone."""
        return self.calendar.month_at(micros(self._timeline.now()))

    def cameras(self) -> Generator[None, None, list[tuple[CameraStatus, Prospect]]]:
        """All cameras of the record that are watched or owe any of this month, with their sums settled now.

        In steps, with other work in between: each camera is shown as it is when its step comes. They come in the order
        in which they are asked, so that those with news since the last time are neighbours.
        """
        now, month, durable = self._timeline.now(), self.month(), self._recorder.last_durable_at
        busy = [window for window in self._maintenance if window.start_at <= now < window.end_at]
        shown: list[tuple[CameraStatus, Prospect]] = []
        for nth, place in enumerate(tuple(self._in_turn), 1):
            self._settle(place, now, durable)
            prospect = self._prospect(place, month, now)
            if prospect.owed_us or not prospect.gone:
                shown.append((self._status(place, month, busy), prospect))
            if nth % SLICE == 0:
                yield
        return shown

    def overdue(self) -> int:
        """Watched cameras without a result for longer than ``max_gap``."""
        return sum(1 for _ in self._unheard(self._timeline.now()))

    # ------------------------------------------------------------ changing

    def admit(
        self, camera: Camera, first_added_at: datetime, history: Sequence[Transition], *, watched: bool = True
    ) -> None:
        """Put a camera on the board with what the record says about it, oldest transition first."""
        if history:
            last = history[-1]
            track = new_track(camera.id, last.at, last.new, last.cause, len(history))
        else:
            track = new_track(camera.id, first_added_at)
        figures = self._figures(camera, first_added_at, history)
        place = self._places[camera.id] = Place(camera, first_added_at, track, figures, watched)
        insort(self._in_turn, place, key=lambda other: phase(other.camera.id, 1.0))

    def known(self, camera_id: str) -> bool:
        """Whether the camera has a place, be it watched or removed."""
        return camera_id in self._places

    async def change(self, camera: Camera) -> None:
        """The inventory has other words for the camera, or has it again; its record goes on."""
        async with self._turns[camera.id]:
            place = self._places[camera.id]
            before, place.camera, place.watched = place.camera, camera, True
            if (before.in_service_from, before.in_service_to) == (camera.in_service_from, camera.in_service_to):
                self._lay(place.camera, place.figures)
            else:
                history = await self._recorder.ask(lambda ledger: _history(ledger, camera.id))
                place.figures = self._figures(camera, place.first_added_at, history)
            place.prospect = None

    def plan(
        self,
        maintenance: Iterable[Maintenance],
        granted: Mapping[str, Sequence[Span]] = NOTHING,
        absent: Mapping[str, Sequence[Span]] = NOTHING,
    ) -> Iterator[None]:
        """What lies over the record, replacing what was known before; in steps, with other work in between.

        All maintenance windows, and by camera: exclusions that count, and when it was allowed to be gone.
        """
        self._maintenance, self._granted, self._absent = tuple(maintenance), granted, absent
        for nth, place in enumerate(tuple(self._places.values()), 1):
            self._lay(place.camera, place.figures)
            place.prospect = None
            if nth % SLICE == 0:
                yield

    def asking(self, camera_id: str) -> datetime:
        """A probe begins now: whatever it will tell is dated at this instant, which is returned."""
        at = self._timeline.now()
        self._places[camera_id].asked_at = at
        return at

    async def fold(self, result: Result) -> None:
        """Take in what a probe saw; returns when whatever follows from it is durable and published.

        What was asked before the camera was removed, or before a jump of the clock, says nothing any more.
        """
        async with self._turns[result.camera_id]:
            place = self._places[result.camera_id]
            if place.watched and (place.blinded_at is None or result.at >= place.blinded_at):
                await self._believe(place, *step(place.track, result, self.policy))
                place.result = result
                if result.picture is not None:
                    place.unjudged = result.picture.unjudged
            place.asked_at = None  # only now: while its transition waits for the disk, nothing after it is settled

    async def lapse(self) -> None:
        """Cameras whose results are missing for too long become UNKNOWN."""
        now = self._timeline.now()
        late = [place.camera.id for place in self._unheard(now) if lapse(place.track, now, self.policy)[1]]
        async with asyncio.TaskGroup() as tasks:  # together they share one write to the ledger
            for camera_id in late:
                tasks.create_task(self._lapse(camera_id, now))

    async def blind(self, from_at: datetime, cause: Cause, because: Event) -> None:
        """Nobody watched from ``from_at`` on: watched cameras are UNKNOWN until their next result.

        ``because`` and all transitions are one durable write: no crash in between can credit the blind time.
        """
        now = self._timeline.now()
        async with AsyncExitStack() as turns:
            for camera_id in sorted(self.watched_ids()):
                await turns.enter_async_context(self._turns[camera_id])
            folds = [
                (place, *blind(place.track, from_at, now, cause)) for place in self._places.values() if place.watched
            ]
            await self._recorder.append([because, *(TransitionRecorded(t) for _, _, made in folds for t in made)])
            for place, track, made in folds:
                place.blinded_at = now
                self._publish(place, track, made)

    async def remove(self, camera_id: str) -> None:
        """The camera left the inventory unconfirmed: it is not probed any more and counts as DOWN, in one write."""
        async with self._turns[camera_id]:
            place = self._places[camera_id]
            track, made = removed(place.track, self._timeline.now())
            await self._recorder.append([CameraRemoved(camera_id), *map(TransitionRecorded, made)])
            place.watched = False
            self._publish(place, track, made)

    # ------------------------------------------------------------ inside

    def _unheard(self, now: datetime) -> Iterator[Place]:
        """Watched cameras whose last result is older than ``max_gap``; about a millisecond for ten thousand."""
        limit = now - self.policy.max_gap
        for place in self._places.values():
            at = place.track.last_result_at
            if at is not None and at < limit and place.watched:
                yield place

    def _settle(self, place: Place, now: datetime, durable: datetime) -> None:
        """Sum up to what is final: durable, and before anything that may still be dated back."""
        final = settled_at(place.track, place.asked_at or now) if place.watched else now
        place.figures.settle(min(final, durable))

    def _prospect(self, place: Place, month: Span, now: datetime) -> Prospect:
        """What the forecast needs of the camera; at most five minutes old, because it costs."""
        prospect, figures = place.prospect, place.figures
        gone = not (place.watched or figures.due(micros(now)))
        if (
            prospect is None
            or prospect.month != month
            or prospect.gone != gone
            or now - prospect.seen_at > PROSPECTS_AGE
        ):
            so_far, owed, terms = figures.month(month), figures.owed(month), self.calendar.terms
            to_come = owed - so_far.scheduled + so_far.excluded
            lost = out_of_reach(so_far, to_come, terms.target, terms.blind_time)
            prospect = place.prospect = Prospect(figures.last_day(month), owed, lost, gone, now, month)
        return prospect

    async def _lapse(self, camera_id: str, now: datetime) -> None:
        async with self._turns[camera_id]:
            place = self._places[camera_id]
            if place.watched:
                await self._believe(place, *lapse(place.track, now, self.policy))

    async def _believe(self, place: Place, track: Track, made: Sequence[Transition]) -> None:
        """Durable first, then published; the caller holds the camera's turn."""
        if made:
            await self._recorder.append([TransitionRecorded(transition) for transition in made])
        self._publish(place, track, made)

    def _publish(self, place: Place, track: Track, transitions: Iterable[Transition]) -> None:
        place.track = track
        for transition in transitions:
            place.figures.note(transition)
            self._published += 1
            self._recent.append((self._published, transition))

    def _figures(self, camera: Camera, first_added_at: datetime, history: Sequence[Transition]) -> Figures:
        in_service = in_service_span(camera, first_added_at, None, self.calendar.zone)
        figures = Figures(self.calendar, in_service, history)
        self._lay(camera, figures)
        return figures

    def _lay(self, camera: Camera, figures: Figures) -> None:
        figures.lay(self._planned(camera), self._granted.get(camera.id, ()), self._absent.get(camera.id, ()))

    def _planned(self, camera: Camera) -> list[Span]:
        if not self.calendar.terms.maintenance_excludes:
            return []
        return [
            Span(micros(window.start_at), micros(window.end_at))
            for window in self._maintenance
            if window.scope.covers(camera)
        ]

    def _status(self, place: Place, month: Span, busy: Sequence[Maintenance]) -> CameraStatus:
        track, camera = place.track, place.camera
        status = CameraStatus(
            camera=camera,
            state=track.state,
            cause=track.cause,
            since_at=track.since_at,
            last_result=place.result,
            last_good_at=track.last_good_at,
            state_changes=track.changes,
            blips=track.blips,
            in_maintenance=bool(busy) and any(window.scope.covers(camera) for window in busy),
            month=place.figures.month(month),
            lifetime=place.figures.lifetime(),
            unjudged=place.unjudged if track.state.online else (),
        )
        if place.shown is None or place.shown != status:
            place.shown = status
        return place.shown


def _history(ledger: Ledger, camera_id: str) -> list[Transition]:
    entries = ledger.entries(kind=TransitionRecorded, camera_id=camera_id)
    return [entry.event.transition for entry in entries if isinstance(entry.event, TransitionRecorded)]
