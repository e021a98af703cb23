"""The relay: what is known of incidents becomes messages, by whichever way it comes, and the channels carry them.

It runs beside probing and never keeps it waiting: what it decides takes short steps, what it writes has a thread of its
own, and an error of ours in it is logged, counted and survived here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from monitor.alerting import (
    HEARTBEAT,
    MONITOR_DOWN,
    Alert,
    Facts,
    Manner,
    Notice,
    Severity,
    Stage,
    call_of,
)
from monitor.clock import Clock, unhurried
from monitor.errors import CallAgain, OutboxUnavailable, UnknownReceiver
from monitor.language import Language, Phrase
from monitor.metrics import Metrics
from monitor.model import Secret
from monitor.notify import Carrier, Listed, Outbox, Waiting, held
from monitor.relay.counter import Counter
from monitor.relay.decisions import Decisions
from monitor.relay.desk import Desk, Due
from monitor.relay.embedded import Embedded, Look, Seen
from monitor.relay.ends import Ends
from monitor.relay.known import Known
from monitor.settings import AlertPath, AlertSettings

Value = TypeVar("Value")

log = logging.getLogger(__name__)

TICK = timedelta(seconds=10)  # listing thousands of open incidents keeps the loop for tens of milliseconds
ALIVE = timedelta(minutes=5)
TIDY = timedelta(hours=6)
AGAIN = timedelta(seconds=5)  # after an error
# As long Alertmanager may repeat what was so before we were back: its `group_interval`, and until Prometheus hears us.
BACK = timedelta(minutes=6)
LISTED = 50
SIGN_OF_LIFE = Phrase("监测程序运行正常", "the monitor is alive")


class Relay:
    """One for a process. Use ``run`` as a task of its own; everything else may be called at any time."""

    def __init__(
        self,
        settings: AlertSettings,
        outbox: Outbox,
        known: Known,
        clock: Clock,
        metrics: Metrics,
        zone: str,
        language: Language,
    ) -> None:
        self._settings = settings
        self._known = known
        self._clock = clock
        self._metrics = metrics
        self._desk = Desk(outbox, clock, metrics)
        self._zone = ZoneInfo(zone)
        self._carrier = Carrier(clock)
        manner = Manner(settings.languages or (language,), self._zone, settings.link, settings.roster)
        self._counters = {
            name: Counter(channel, self._desk, self._carrier, manner, clock, metrics)
            for name, channel in settings.channels.items()
        }
        self._ends = Ends()
        self._embedded = Embedded()
        self._deciding = asyncio.Lock()  # what was told is read and written by one at a time
        self._began, self._began_at = clock.monotonic(), clock.now()
        self._alive_at = self._tidied_at = clock.now() - ALIVE

    async def run(self) -> None:
        """For ever."""
        async with self._carrier, asyncio.TaskGroup() as tasks:
            tasks.create_task(self._guarded(self._follow))
            for counter in self._counters.values():
                tasks.create_task(self._guarded(counter.run))

    def close(self) -> None:
        """After ``run`` has ended: let go of the outbox."""
        self._desk.close()

    @property
    def token(self) -> Secret | None:
        """With which Alertmanager calls; None: it is not to call."""
        return self._settings.token if self._settings.path is AlertPath.ALERTMANAGER else None

    @property
    def zone(self) -> ZoneInfo:
        """In which people are shown times."""
        return self._zone

    @property
    def ready(self) -> bool:
        """Whether the incidents are known by now."""
        return self._known.running.is_set()

    # ------------------------------------------------------------ ways in

    async def tell(self, receiver: str, key: str, title: Phrase, lines: Sequence[Phrase], severity: Severity) -> int:
        """Send a text once: a key that the receiver's channels had within forty days is not sent again.

        Durable when it returns; the number of channels for which it is new. UnknownReceiver, OutboxUnavailable.
        """
        if receiver not in self._settings.receivers:
            raise UnknownReceiver(f"no receiver is named {receiver!r}: name it under alerts.receivers")
        notice = Notice(key, Stage.PLAIN, severity, self._clock.now(), title, tuple(lines))
        return await self._put([(channel, None, notice) for channel in self._settings.receivers[receiver]])

    async def had(self, receiver: str, key: str) -> bool:
        """Whether all of the receiver's channels had the text of that key; OutboxUnavailable."""
        channels = self._settings.receivers.get(receiver, ())
        return await self._desk.ask(lambda outbox: all(outbox.had(channel, key) for channel in channels))

    async def call(self, body: bytes) -> None:
        """Alertmanager's webhook; ValueError and UnknownReceiver say what is wrong with it.

        OutboxUnavailable, AlertmanagerUnavailable, CallAgain: it should call again.
        """
        call = await asyncio.to_thread(call_of, body)
        if self._is_just_back() and any(map(self._is_own_absence, call.alerts)):
            raise CallAgain("the monitor is back; that it was down is told once it lasts")
        channels = self._settings.receivers.get(call.receiver)
        if call.receiver == HEARTBEAT:
            if self._known.trouble() is None and call.watchdog:
                await self._put(self._signs_of_life())
        elif channels is None:
            raise UnknownReceiver(f"no receiver is named {call.receiver!r}: name it under alerts.receivers")
        else:
            async with self._deciding:
                self._ends.fire(alert.subject for alert in call.alerts if alert.firing)
                deciding = self._decisions().of_alerts(call.alerts, channels, await self._take_stock(), self._known)
                await self._put(await unhurried(deciding, self._clock))
            if call.watchdog:
                await self._end(channels, call.watchdog)

    def _is_just_back(self) -> bool:
        return self._clock.monotonic() - self._began < BACK.total_seconds()

    def _is_own_absence(self, alert: Alert) -> bool:
        """Whether it may be only late news: that the monitor was down before this one ran."""
        return alert.firing and alert.name == MONITOR_DOWN and alert.starts_at <= self._began_at

    # ------------------------------------------------------------ asking

    async def listed(self) -> tuple[Waiting, list[Listed]]:
        """What waits and the latest messages, for people; OutboxUnavailable."""
        waiting = await self._desk.ask(Outbox.waiting)
        return waiting, await self._desk.ask(lambda outbox: outbox.listed(LISTED))

    # ------------------------------------------------------------ deciding

    async def _end(self, channels: Sequence[str], watchdog: str) -> None:
        """Tell these channels of alerts without an incident that have ended: Alertmanager holds them no more."""
        manager = self._settings.alertmanager
        assert manager is not None, "only where Alertmanager calls has anything an end to be asked for"
        found = await held(manager, watchdog)
        async with self._deciding:
            facts, decisions = await self._take_stock(), self._decisions()
            record = await unhurried(decisions.record(facts, self._known), self._clock)
            open_ = decisions.may_have_ended(found, record)
            ended = self._ends.over(open_, found, self._clock.monotonic(), self._clock.now())
            await self._put(await unhurried(decisions.of_ended(ended, channels, record), self._clock))

    async def _follow(self) -> None:
        await self._known.running.wait()
        async with self._deciding:
            await self._desk.keep(self._counters)
            if self._settings.path is AlertPath.EMBEDDED and (strange := self._decisions().of_strangers()):
                await self._put(strange)
                log.warning("alerts.path is embedded: of what Alertmanager told, %d are followed no more", len(strange))
        while True:
            async with self._deciding:
                await self._decide()
                if self._clock.now() - self._tidied_at >= TIDY:
                    await self._desk.tidy()
                    self._tidied_at = self._clock.now()
            await self._desk.show()
            await self._clock.sleep(TICK)

    async def _decide(self) -> None:
        facts = await self._take_stock()
        dues: list[Due] = []
        waiting: frozenset[str] = frozenset()
        if self._settings.path is AlertPath.EMBEDDED:
            look = await self._look(facts)
            waiting = look.waiting
            dues += await unhurried(self._decisions().of_areas(look), self._clock)
        dues += await unhurried(self._decisions().of_open(facts, waiting), self._clock)
        closing = self._decisions().of_closed(facts, self._known)
        dues += await unhurried(closing, self._clock)
        if self._settings.path is AlertPath.EMBEDDED and self._clock.now() - self._alive_at >= ALIVE:
            if self._known.trouble() is None:
                dues += self._signs_of_life()
            self._alive_at = self._clock.now()
        await self._put(dues)

    async def _look(self, facts: Mapping[str, Facts]) -> Look:
        """For what fires without an incident, and what is waited for."""
        decisions, known = self._decisions(), self._known
        record = await unhurried(decisions.record(facts, known), self._clock)
        dark = await unhurried(known.dark_sites(), self._clock)
        told = {subject: where for _, subject, where in decisions.open_areas()}
        looking = self._embedded.look(Seen(facts, record, dark), told, self._clock.now())
        return await unhurried(looking, self._clock)

    async def _take_stock(self) -> dict[str, Facts]:
        """The open incidents by id. How many cameras are down by them is noted for the digests."""
        found = await unhurried(self._known.facts(), self._clock)
        self._desk.down = sum(facts.down for facts in found)
        return {facts.figures.incident.id: facts for facts in found}

    def _decisions(self) -> Decisions:
        return Decisions(self._settings, self._desk.told, self._clock.now(), self._zone)

    def _signs_of_life(self) -> list[Due]:
        now = self._clock.now()
        key = f"alive/{now:%Y%m%dT%H%MZ}"
        notice = Notice(key, Stage.ALIVE, Severity.WARNING, now, SIGN_OF_LIFE)
        return [(channel, None, notice) for channel in self._settings.receivers.get(HEARTBEAT, ())]

    async def _put(self, dues: Sequence[Due]) -> int:
        if not dues:
            return 0
        new = await self._desk.put(dues)
        for channel in {channel for channel, _, _ in dues}:
            self._counters[channel].called.set()
        return new

    # ------------------------------------------------------------ surviving

    async def _guarded(self, chore: Callable[[], Awaitable[None]]) -> None:
        """Whatever goes wrong in here, cameras are watched, and the other channels are served."""
        while True:
            try:
                await chore()
            except OutboxUnavailable as error:
                log.critical("nobody is told anything while this lasts: %s", error)
            except Exception:
                log.exception("the relay failed and goes on")
                self._metrics.relay_failed()
            await self._clock.sleep(AGAIN)
