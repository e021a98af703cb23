"""The monitor as one process: settings, ledger, engine, console and calendar jobs, from start to an orderly end.

SIGTERM and SIGINT end it, SIGHUP (or ``POST /-/reload``) reads settings and inventory again. A faulty new
configuration changes nothing: the old one stays in force, the faults are logged, and the metrics say so.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import signal
from collections.abc import Callable, Coroutine, Generator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor import __version__, jobs
from monitor.bulletins import send_due
from monitor.calendar import month_before
from monitor.clock import Clock, SystemClock
from monitor.console import make_app, serve
from monitor.contract import Contract
from monitor.engine import Engine, Plan, Prober
from monitor.errors import Fault, SettingsError, SharpEyesError
from monitor.heap import collect_young, return_memory, settle_heap
from monitor.inventory import load_inventory
from monitor.ledger import Ledger
from monitor.memories import Memories, memories_path
from monitor.metrics import Ended, Metrics, TownView
from monitor.model import Camera, EchoAddress, Transition
from monitor.notify import Outbox, outbox_path
from monitor.probes.camera import CameraProber
from monitor.probes.decoders import Decoders
from monitor.probes.echo import SETTING, may_echo
from monitor.probes.rtsp import RtspLimits
from monitor.probes.snapshots import SnapshotProber
from monitor.publishing import ALWAYS, Format, places_of, report_path, write_files
from monitor.relay import Relay
from monitor.report import Report
from monitor.reporting import month_report, town_of
from monitor.settings import BulletinPlan, Settings, examine_settings, faults_between, line_of
from monitor.workers import Looking, Workers, WorkersProber

log = logging.getLogger(__name__)

YOUNG_FOR = timedelta(milliseconds=200)  # then what was made meanwhile is walked once: a millisecond or two

# How long after a start the states of cameras are not known to those who tell of them.
CONFIRMED_ROUNDS, CONFIRMED_AT_LAST = 5, timedelta(minutes=30)

# What a running process cannot change: it would be another record, another port, another clock.
FIXED = ("ledger", "vantage", "zone", "listen", "contracts", "limits", "canaries", "places", "alerts")


def load_plan(config: Path) -> Plan:
    """Settings and inventory together; SettingsError carries every fault of both, and of what lies between them."""
    settings, faults = examine_settings(config, os.environ)
    if settings is None:
        raise SettingsError(faults)
    named, _ = examine_settings(config, None)  # a password that is missing does not make its name unknown
    cameras: tuple[Camera, ...] = ()
    try:
        if settings.inventory:
            cameras = load_inventory(settings.inventory, (named or settings).credentials)
            faults += faults_between(settings, cameras)
    except SettingsError as error:
        faults += error.faults
    if faults:
        raise SettingsError(faults)
    return Plan(replace(settings, town=settings.town or town_of(cameras)), cameras)


def refuse_mute_echoes(settings: Settings) -> None:
    """SettingsError where an ICMP echo is wanted and the kernel lets this process send none."""
    addresses = (*settings.canaries, *settings.places.values())
    echoes = [f"icmp:{address.host}" for address in addresses if isinstance(address, EchoAddress)]
    if not echoes or may_echo():
        return
    what = (
        "the kernel lets this user send no ICMP echo: let it (as root: "
        f"sysctl -w {SETTING}='0 2147483647', and the same line in /etc/sysctl.d/ to keep it), "
        "or write host:port to ask for a TCP connection"
    )
    raise SettingsError((Fault(str(settings.path), line_of(settings.path, (echoes[0],)), echoes[0], what),))


class Service:
    """Everything one process runs; the console asks it for what it shows."""

    def __init__(self, config: Path, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._plan = load_plan(config)
        refuse_mute_echoes(self._plan.settings)
        self.metrics = Metrics(__version__, clock)
        self._ledger = Ledger.open(self._plan.settings.ledger, self._plan.settings.vantage)
        limits = self._plan.settings.limits
        kept, hurry = memories_path(self._plan.settings.ledger), self._plan.settings.picture.hurry
        self._memories = Memories(kept)
        self._memories.keep_only({camera.id for camera in self._plan.cameras})
        self._decoders = Decoders(limits.decoders, self._memories, hurry)
        looking = Looking(limits.decoders, kept, hurry)
        self._workers = Workers(limits.workers, looking, clock, self.metrics)
        self._engine = Engine(
            self._plan,
            self._ledger,
            clock,
            self.metrics,
            __version__,
            self._make_prober,
            memories=self._memories,
            snapshots=SnapshotProber(self._decoders),
        )
        self._relay = self._make_relay()
        self._started_at = clock.now()
        self._reloading = asyncio.Lock()
        self._reload_asked = asyncio.Event()
        self.metrics.reload_finished(True, clock.now())

    async def run(self, announce: Callable[[str], None]) -> None:
        """Run until asked to stop; ``announce`` is told the console's address once it listens."""
        settings = self._plan.settings
        local = _is_local(settings.listen[0])
        runner, port = await serve(
            make_app(
                self,
                clock=self._clock,
                reload_enabled=local,
                alerts=self._relay,
                reports=settings.reports,
                zone=settings.contract.terms.zone,
            ),
            *settings.listen,
        )
        self.metrics.console_at(console_address(settings, port))
        bulletins = settings.alerts.bulletins if settings.alerts else ()
        scheduler = jobs.calendar_jobs(
            settings.contract.terms.zone,
            self._engine.plan_maintenance,
            self._report_last_month,
            [(plan, partial(self._tell, plan)) for plan in bulletins],
        )
        try:
            async with asyncio.TaskGroup() as tasks:
                self._listen_to_signals()
                beside = [tasks.create_task(self._reload_when_asked()), tasks.create_task(self._workers.run())]
                if self._relay is not None:
                    beside.append(tasks.create_task(self._relay.run()))
                scheduler.start()
                scheduler.add_job(self._write_missing_report)
                for plan in bulletins:  # the monitor may have been off when it was due
                    scheduler.add_job(self._tell, args=[plan])
                announce(f"http://{settings.listen[0]}:{port}")
                await self._engine.run()
                for task in beside:
                    task.cancel()
        finally:
            scheduler.shutdown(wait=False)
            await runner.cleanup()
            self._decoders.close()
            if self._relay is not None:
                self._relay.close()
            self._memories.close()
            self._ledger.close()

    @property
    def running(self) -> asyncio.Event:
        """Set once the record is restored and cameras are being asked."""
        return self._engine.running

    def stop(self) -> None:
        """Ask for an orderly end."""
        self._engine.stop()

    # ------------------------------------------------------------ what the console asks

    def town_view(self, kinds: Sequence[str]) -> Generator[None, None, TownView]:
        """The town as it is published now with these kinds of groups, in steps."""
        return self._engine.town_view(kinds)

    def ended_incidents(self, since_at: datetime, most: int) -> Generator[None, None, Ended]:
        """What has ended after an instant, the latest first and at most so many; in steps."""
        return self._engine.ended_incidents(since_at, most)

    def recent_transitions(self, after: int, limit: int) -> list[tuple[int, Transition]]:
        """Published transitions numbered above ``after``."""
        return self._engine.recent_transitions(after, limit)

    def healthy(self) -> str | None:
        """Whether the process does its work at all."""
        return None

    def ready(self) -> str | None:
        """Whether what is shown can be relied on."""
        if not self._engine.running.is_set():
            return "the record is being restored"
        return self._engine.trouble()

    async def reload(self) -> tuple[bool, str]:
        """Read settings and inventory again; whether they were taken over, and what to tell whoever asked."""
        async with self._reloading:
            await self._engine.running.wait()
            try:
                plan = await asyncio.to_thread(load_plan, self._config)
                refuse_fixed_changes(self._plan.settings, plan.settings)
                await self._engine.apply(plan)
            except SharpEyesError as error:
                self.metrics.reload_finished(False, self._clock.now())
                log.warning("the new configuration is faulty, the old one stays in force:\n%s", error)
                return False, str(error)
            self._plan = plan
            self.metrics.reload_finished(True, self._clock.now())
            log.info("configuration reloaded: %d cameras", len(plan.cameras))
            return True, f"{len(plan.cameras)} cameras"

    # ------------------------------------------------------------ inside

    def _make_prober(self, settings: Settings) -> Prober:
        if settings.limits.workers:
            return WorkersProber(self._workers, limits_of(settings))
        return CameraProber(limits_of(settings), self._clock, self._decoders)

    def _make_relay(self) -> Relay | None:
        settings, alerts = self._plan.settings, self._plan.settings.alerts
        if alerts is None:
            return None
        outbox = Outbox.open(outbox_path(settings.ledger))
        zone = settings.contract.terms.zone
        return Relay(alerts, outbox, self._engine, self._clock, self.metrics, zone, settings.language)

    async def _reload_when_asked(self) -> None:
        """However many signals come while one reload runs, one more follows."""
        while True:
            await self._reload_asked.wait()
            self._reload_asked.clear()
            await self.reload()

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self._reload_asked.set)

    async def _tell(self, plan: BulletinPlan) -> None:
        """Right after a start it would say that nothing is down: until failures are confirmed anew, nobody knows."""
        assert self._relay is not None, "bulletins are planned where somebody is told"
        await self._engine.running.wait()
        known_at = self._started_at + min(CONFIRMED_ROUNDS * self._plan.settings.probe.interval, CONFIRMED_AT_LAST)
        await self._clock.sleep(known_at - self._clock.now())
        await send_due(plan, self._plan.settings, self._clock, self._relay)

    async def _report_last_month(self) -> None:
        for contract in self._plan.settings.contracts:
            await self._write(contract, await self._last_months(contract))

    async def _write_missing_report(self) -> None:
        """The monitor may have been off when the month ended; a month nobody was to watch has no report."""
        settings, month = self._plan.settings, self._last_month()
        for contract in settings.contracts:
            if report_path(settings, contract, month, Format.JSON).exists():
                continue
            report = await self._last_months(contract)
            if report.cameras:
                await self._write(contract, report)

    async def _last_months(self, contract: Contract) -> Report:
        return await asyncio.to_thread(
            month_report, self._plan.settings, contract, self._last_month(), self._clock.now()
        )

    async def _write(self, contract: Contract, report: Report) -> None:
        settings = self._plan.settings
        places = places_of(settings, contract, (report.year, report.month), ALWAYS)
        written = await asyncio.to_thread(write_files, report, places, settings.language)
        log.info("report of last month written: %s", ", ".join(str(path) for path in written))

    def _last_month(self) -> tuple[int, int]:
        return month_before(self._clock.now(), ZoneInfo(self._plan.settings.contract.terms.zone))


def limits_of(settings: Settings) -> RtspLimits:
    """How long and how much a probe may take, from the settings."""
    probe = settings.probe
    return RtspLimits(
        connect=probe.connect_timeout,
        reply=probe.reply_timeout,
        first_rtp=probe.first_packet_timeout,
        keyframe=probe.keyframe_timeout,
        total=probe.total_timeout,
        max_bytes=probe.max_bytes,
    )


def refuse_fixed_changes(old: Settings, new: Settings) -> None:
    """SettingsError for every key that only a restart can change."""
    faults = tuple(
        Fault(str(new.path), 0, key, "cannot change while the monitor runs: restart it, or put the old value back")
        for key in FIXED
        if getattr(old, key) != getattr(new, key)
    )
    if faults:
        raise SettingsError(faults)


def console_address(settings: Settings, port: int) -> str:
    """The console as readers of the dashboards reach it: what the settings say, else as it is reached from here."""
    if settings.alerts is not None and settings.alerts.link:
        return settings.alerts.link
    host = settings.listen[0]
    with suppress(ValueError):
        address = ipaddress.ip_address(host)
        host = "127.0.0.1" if address.is_unspecified else f"[{host}]" if address.version == 6 else host
    return f"http://{host}:{port}"


def _is_local(host: str) -> bool:
    """Whether only this machine can reach the console; only then may ``/-/reload`` be asked for."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def run_service(config: Path, announce: Callable[[str], None]) -> None:
    """Run the monitor in this process on uvloop where there is one; returns after an orderly end."""

    async def main() -> None:
        clock = SystemClock()
        service = Service(config, clock)
        async with asyncio.TaskGroup() as tasks:
            tending = tasks.create_task(tend_heap(service.running, clock))
            await service.run(announce)
            tending.cancel()

    return_memory()
    run: Callable[[Coroutine[None, None, None]], None] = asyncio.run
    with suppress(ImportError):
        import uvloop

        run = uvloop.run
    try:
        run(main())
    except BaseExceptionGroup as group:
        raise only_error_of(group) from group


async def tend_heap(running: asyncio.Event, clock: Clock) -> None:
    """Once the event is set, keep the garbage collector from holding the loop (docs/decisions/0014); for ever."""
    await running.wait()
    settle_heap()
    while True:
        await clock.sleep(YOUNG_FOR)
        collect_young()


def only_error_of(error: BaseException) -> BaseException:
    """What lies in groups of one: tasks that own tasks wrap an error once each."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error
