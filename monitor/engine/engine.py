"""Assembles the engine and runs it: one loop per camera, a heartbeat, a look at the clocks, and an orderly end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.alerting import Facts, Left, Place, Spot, Village, Where
from monitor.clock import NO_TIME, Clock
from monitor.devices import Devices, devices_path
from monitor.engine.board import Board
from monitor.engine.canary import Canaries
from monitor.engine.casebook import Casebook, running_repairs
from monitor.engine.figures import MonthCalendar
from monitor.engine.knowledge import Knowledge
from monitor.engine.people import acted
from monitor.engine.permits import Permits
from monitor.engine.places import Places
from monitor.engine.plan import (
    Plan,
    inventory_changes,
    maintenance_events,
    policy_of,
    with_maintenance,
)
from monitor.engine.recorder import Recorder
from monitor.engine.register import Register
from monitor.engine.rounds import Inspect, Rounds, over_onvif
from monitor.engine.slots import Slots
from monitor.engine.snapshots import Asking, Snapshots
from monitor.engine.timeline import Jump, Timeline
from monitor.engine.view import town_view
from monitor.engine.watch import Prober, Watcher
from monitor.errors import LedgerError, LedgerUnavailable
from monitor.incidents import BlindSpot, Incident, Rules, rules_for
from monitor.ledger import (
    CameraAdded,
    CameraChanged,
    ClockJumped,
    Entry,
    Event,
    Heartbeat,
    Ledger,
    Started,
    Stopped,
)
from monitor.memories import Memories
from monitor.metrics import ALL_GROUPS, Ended, Metrics, TownView
from monitor.model import CameraRecord, Cause, Span, Transition, micros
from monitor.settings import Settings

log = logging.getLogger(__name__)

TICK = timedelta(seconds=1)
FOLLOW = timedelta(seconds=5)  # between two looks at what people did
CLOCKS = timedelta(seconds=30)  # between two looks at the repair clocks
LAST_WORDS = timedelta(seconds=5)  # how long an orderly end waits for the disk
FUTURE = timedelta(days=1)  # a record that ends later than this after now means a wrong clock


class Engine:
    """Watches the cameras of a plan and keeps their record in a chain of the ledger that it alone writes."""

    def __init__(
        self,
        plan: Plan,
        ledger: Ledger,
        clock: Clock,
        metrics: Metrics,
        version: str,
        make_prober: Callable[[Settings], Prober],
        inspect: Inspect | None = None,
        *,
        memories: Memories | None = None,
        snapshots: Asking | None = None,
    ) -> None:
        """``inspect`` asks a device what it is and offers; over ONVIF unless something else is said.

        ``memories``: what cameras usually show, to be told of approved views. ``snapshots``: how single pictures are
        taken; None: suspicions stay what they are.
        """
        self._plan = plan
        self._memories = memories or Memories(None)
        self._ledger = ledger
        self._clock = clock
        self._metrics = metrics
        self._version = version
        self._refuse_a_record_from_the_future()
        settings = plan.settings
        self._timeline = Timeline(clock, ledger.last_recorded_at())
        self._casebook = Casebook(rules_for(settings.probe.max_gap))
        self._register = Register()
        self._recorder = Recorder(ledger, clock, self._timeline, metrics, self._heard)
        calendar = MonthCalendar(settings.contract.terms)
        self._board = Board(policy_of(settings), calendar, self._recorder, self._timeline)
        self._make_prober = make_prober
        self._slots = Slots(settings.limits)
        self._devices = Devices(devices_path(settings.ledger))
        self._devices.set_damaged_aside()
        self._permits = Permits(self._devices, clock, settings.probe.credentials_pause)
        self._knowledge = Knowledge(self._devices)
        self._canaries = Canaries(settings.canaries, clock, metrics)
        self._places = Places(settings.places, self._canaries, self._recorder, clock)
        self._snapshots = Snapshots(
            lambda: self._plan.settings,
            self._board.watched,
            snapshots,
            slots=self._slots,
            permits=self._permits,
            clock=clock,
            settled=self._knowledge.doubt,
        )
        self._rounds = Rounds(
            lambda: self._plan.settings,
            self._board,
            self._recorder,
            register=self._register,
            slots=self._slots,
            permits=self._permits,
            devices=self._devices,
            clock=clock,
            ask=inspect or over_onvif(clock),
            doubted=lambda: self._timeline.trouble is not None,
            offered=self._snapshots.offered,
        )
        self._watcher = Watcher(
            lambda: self._plan.settings,
            self._board,
            make_prober(settings),
            slots=self._slots,
            canaries=self._canaries,
            permits=self._permits,
            knowledge=self._knowledge,
            clock=clock,
            metrics=metrics,
            heard=self._snapshots.heard,
        )
        self._watches: asyncio.TaskGroup | None = None
        self._loops: dict[str, asyncio.Task[None]] = {}
        self._stop = asyncio.Event()
        self._laid_over: tuple[int, Span] | None = (
            None  # the last act of people that was looked at, and for which month
        )
        self.running = asyncio.Event()  # set once the record is restored and cameras are being asked

    # ------------------------------------------------------------ life

    async def run(self) -> None:
        """Watch until ``stop`` is called; the ledger then ends with an orderly ``stopped``."""
        async with asyncio.TaskGroup() as writing:
            writer = writing.create_task(self._recorder.run())
            beginning = writing.create_task(self._begin())
            stopping = writing.create_task(self._stop.wait())
            await asyncio.wait((beginning, stopping), return_when=asyncio.FIRST_COMPLETED)
            if beginning.done():
                await self._watch()
            beginning.cancel()
            stopping.cancel()
            await self._end()
            writer.cancel()
        self._recorder.close()

    def stop(self) -> None:
        """Ask for an orderly end."""
        self._stop.set()

    async def apply(self, plan: Plan) -> None:
        """Go on with other settings and another inventory; cameras that stay keep their state.

        LedgerUnavailable: the record could not be read, and nothing has changed.
        """
        known = await self._recorder.ask(Ledger.cameras)
        hurried = plan.settings.probe.interval != self._plan.settings.probe.interval
        self._plan = plan
        self._board.policy = policy_of(plan.settings)
        self._watcher.prober = self._make_prober(plan.settings)
        changes = inventory_changes(known, plan.cameras)
        told: list[Event] = [*map(CameraAdded, changes.added), *map(CameraChanged, changes.changed)]
        added_at = await self._recorder.append(told) if told else self._timeline.now()
        for camera in (*changes.added, *changes.changed):
            if self._board.known(camera.id):
                await self._board.change(camera)
            else:
                self._board.admit(camera, added_at, ())
        for camera_id in changes.removed:
            await self._board.remove(camera_id)
            self._knowledge.forget(camera_id)
            self._snapshots.forget(camera_id)
        self._devices.forget({camera.id for camera in plan.cameras}, self._clock.now())
        await self.plan_maintenance()
        if hurried:
            self._wake_sleepers()
        self._watch_new()

    async def plan_maintenance(self) -> None:
        """Write down the planned windows of the coming weeks; done at the start, on reload and every day.

        Work that people entered by hand is theirs to change: it is only read, like all else they did to the month.
        """
        known = await self._recorder.ask(Ledger.maintenance)
        rules, zone, now = self._plan.settings.maintenance, self._board.calendar.zone, self._timeline.now()
        events = maintenance_events(rules, known, now, zone)
        if events:
            await self._recorder.append(events)
        contracts, month = self._plan.settings.contracts, self._board.month()
        people = await self._recorder.ask_beside(lambda ledger: acted(ledger, contracts, now))
        self._knowledge.approve(people.views)
        for camera_id, approved_at in people.views.items():
            await asyncio.to_thread(self._memories.approve, camera_id, approved_at)
        laying = self._board.plan((*with_maintenance(known, events), *people.work), people.granted, people.absent)
        for _ in laying:
            await self._clock.sleep(NO_TIME)
        self._laid_over = people.head, month

    # ------------------------------------------------------------ asking

    def town_view(self, kinds: Sequence[str] = ALL_GROUPS) -> Generator[None, None, TownView]:
        """The town as it is published now with these kinds of groups, in steps of a millisecond or two.

        It is empty until the record is restored: half a record is no figure.
        """
        self._metrics.probes_in_flight(self._slots.taken)
        self._metrics.cameras_overdue(self._board.overdue())
        self._metrics.credentials_paused(self._permits.paused)
        settings = self._plan.settings
        cameras = (yield from self._board.cameras()) if self.running.is_set() else []
        view = yield from town_view(
            settings.town,
            cameras,
            settings.contracts,
            self._board.calendar,
            self._timeline.now(),
            settings.probe.interval,
            kinds,
        )
        if not self.running.is_set():
            return view
        incidents = yield from self._casebook.incidents(self._recorder.horizon, self._board.gone)
        devices = yield from self._register.statuses()
        return replace(
            view,
            incidents=incidents,
            blind_spots=self._casebook.blind_spots(),
            devices=devices,
            places=(*self._places.statuses(), *self._canaries.statuses()),
        )

    def ended_incidents(self, since_at: datetime, most: int) -> Generator[None, None, Ended]:
        """What has ended after an instant, the latest first and at most so many; in steps.

        Nothing until the record is restored.
        """
        if not self.running.is_set():
            return Ended(since_at, (), 0)
        return (yield from self._casebook.ended_since(self._recorder.horizon, since_at, most))

    def facts(self) -> Generator[None, None, tuple[Facts, ...]]:
        """All that can be told of the open incidents, in steps; only once ``running`` is set."""
        return self._casebook.facts(self._recorder.horizon, self._board.gone, self._board.at_work)

    def villages(self) -> Generator[None, None, Mapping[Place, Village]]:
        """How the cameras of each village stand, in steps; only once ``running`` is set."""
        return self._casebook.villages(self._board.at_work, self._board.gone)

    def sites(self) -> Generator[None, None, Mapping[Where, Spot]]:
        """How the cameras of each site stand, in steps; only once ``running`` is set."""
        return self._casebook.sites()

    def dark_sites(self) -> Generator[None, None, tuple[BlindSpot, ...]]:
        """The blind spots that planned work does not explain, in steps; only once ``running`` is set."""
        return self._casebook.dark_sites(self._board.at_work)

    def ended(self) -> Mapping[str, Incident]:
        """The incidents that have ended, by id, unless that is long ago."""
        return self._casebook.ended()

    def left(self, camera_ids: Collection[str]) -> Left:
        """How many of these cameras are down, and of how many nobody knows; none of those that may be gone."""
        return self._casebook.left(camera_ids, self._board.gone)

    def incident_of(self, camera_id: str) -> str | None:
        """The open incident that affects the camera."""
        return self._casebook.incident_of(camera_id)

    @property
    def blind(self) -> bool:
        """Whether all canaries fail."""
        return self._canaries.blind

    @property
    def rules(self) -> Rules:
        """How incidents are told apart."""
        return self._casebook.rules

    def recent_transitions(self, after: int, limit: int) -> list[tuple[int, Transition]]:
        """Published transitions numbered above ``after``, oldest first."""
        return self._board.recent(after, limit)

    def trouble(self) -> str | None:
        """What keeps the monitor from doing its duty now, or None."""
        if self._recorder.trouble is not None:
            return f"the ledger cannot be written: {self._recorder.trouble}"
        if self._canaries.blind:
            return "all canaries fail: the monitor's own line is down"
        return self._timeline.trouble

    # ------------------------------------------------------------ inside

    def _heard(self, entries: Sequence[Entry]) -> None:
        """More of the record is durable."""
        self._casebook.heard(entries)
        self._register.heard(entries)

    def _refuse_a_record_from_the_future(self) -> None:
        last = self._ledger.last_recorded_at()
        if last is not None and last > self._clock.now() + FUTURE:
            raise LedgerError(
                f"the ledger's last event is dated {last:%Y-%m-%d %H:%M} UTC, the clock shows "
                f"{self._clock.now():%Y-%m-%d %H:%M} UTC: set the clock right, or move the ledger aside"
            )

    async def _begin(self) -> None:
        """Restore what the ledger says; the time since its last event was watched by nobody."""
        records, histories = await self._recorder.ask(_restored)
        await self._recorder.ask(self._casebook.restore)
        await self._recorder.ask(self._register.restore)
        await self._recorder.ask(self._places.restore)
        for record in records:
            history = histories.get(record.camera.id, ())
            self._board.admit(record.camera, record.first_added_at, history, watched=record.removed_at is None)
        blind_from = self._recorder.last_durable_at
        await self._board.blind(blind_from, Cause.MONITOR_STOPPED, Started(self._version, simulated=False))
        await self.apply(self._plan)

    async def _watch(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            self._watches = tasks
            chores = [tasks.create_task(chore) for chore in self._chores()]
            self._watch_new()
            self.running.set()
            await self._stop.wait()
            for task in (*chores, *self._loops.values()):
                task.cancel()
            self._watches = None

    def _chores(self) -> tuple[Coroutine[None, None, None], ...]:
        return (
            self._tick(),
            self._heartbeat(),
            self._follow_people(),
            self._keep_knowledge(),
            self._watch_clocks(),
            self._places.run(),
            self._canaries.run(),
            self._rounds.run(),
            self._snapshots.run(),
        )

    def _watch_new(self) -> None:
        if self._watches is None:
            return
        # The loop of a camera that left ends at its next beat; if the camera is back by then, it simply goes on.
        going_on = {camera_id for camera_id, loop in self._loops.items() if not loop.done()}
        self._loops = {camera_id: self._loops[camera_id] for camera_id in going_on}
        for camera_id in sorted(self._board.watched_ids() - going_on):
            self._loops[camera_id] = self._watches.create_task(self._watcher.watch(camera_id))

    def _wake_sleepers(self) -> None:
        """Loops that sleep by an old beat start over; one that is asking goes on by itself."""
        for camera_id in tuple(self._watcher.sleeping):
            self._loops.pop(camera_id).cancel()

    async def _end(self) -> None:
        try:
            async with asyncio.timeout(LAST_WORDS.total_seconds()):
                await self._recorder.append([Stopped("asked to stop")])
                await asyncio.to_thread(self._devices.flush)
        except TimeoutError:
            log.warning("the ledger could not be written at the end; the time since its last event will be UNKNOWN")

    async def _tick(self) -> None:
        """Every second: do the clocks agree, is the loop late, which cameras were not watched."""
        while True:
            before = self._clock.monotonic()
            await self._clock.sleep(TICK)
            late = timedelta(seconds=self._clock.monotonic() - before) - TICK
            self._metrics.loop_lag(max(timedelta(0), late))
            jump = self._timeline.check()
            if jump is not None:
                log.warning("the wall clock jumped from %s to %s", jump.before_at, jump.after_at)
                await self._note_jump(jump)
            await self._board.lapse()

    async def _keep_knowledge(self) -> None:
        """What is learnt about devices goes to the disk, away from the clocks' tick: a slow disk must not delay it."""
        while True:
            await self._clock.sleep(TICK)
            if self._devices.changed:
                await asyncio.to_thread(self._devices.flush)

    async def _watch_clocks(self) -> None:
        """How long the repair of each outage may still take; beside the loop, since a crowd of thousands costs."""
        while True:
            now, contracts = micros(self._timeline.now()), self._plan.settings.contracts
            cameras = self._casebook.faults(self._board.excluded, now)
            self._casebook.repairs = await asyncio.to_thread(running_repairs, cameras, contracts, now)
            await self._clock.sleep(CLOCKS)

    async def _note_jump(self, jump: Jump) -> None:
        event = ClockJumped(jump.before_at, jump.after_at)
        if jump.forward:
            await self._board.blind(jump.before_at, Cause.CLOCK_JUMPED, event)
        else:
            await self._recorder.append([event])

    async def _heartbeat(self) -> None:
        while True:
            await self._clock.sleep(self._plan.settings.heartbeat)
            await self._recorder.append([Heartbeat()])

    async def _follow_people(self) -> None:
        """Others write into the ledger, too: what they plan and agree on shows within seconds."""
        while True:
            await self._clock.sleep(FOLLOW)
            with suppress(LedgerUnavailable):  # the recorder complains about it; the next look is soon
                if (await self._recorder.ask(Ledger.people_head), self._board.month()) != self._laid_over:
                    await self.plan_maintenance()


def _restored(ledger: Ledger) -> tuple[tuple[CameraRecord, ...], dict[str, list[Transition]]]:
    histories: dict[str, list[Transition]] = {}
    for transition in ledger.transitions():
        histories.setdefault(transition.camera_id, []).append(transition)
    return ledger.cameras(), histories
