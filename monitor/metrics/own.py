"""The monitor's own counters, and the whole exposition. It counts what the engine reports and judges nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import Metric
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from monitor.clock import Clock
from monitor.metrics.cameras import camera_sheet
from monitor.metrics.devices import device_sheet, finding_pieces
from monitor.metrics.groups import count_sheet, counts_of, group_sheet, town_text, trip_sheet
from monitor.metrics.incidents import incident_pieces
from monitor.metrics.view import TownView
from monitor.model import Cause, Look, Result
from monitor.tiers import NOT_LOOKED

PROBE_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
LATE_SECONDS = (0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60)
LAG_SECONDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1)


@dataclass(frozen=True, slots=True)
class _Alone:
    """One family of the registry, for ``generate_latest``."""

    family: Metric

    def collect(self) -> Iterable[Metric]:
        yield self.family


class Metrics:
    """The monitor's own counters. Methods are safe from any thread, cheap, and never raise."""

    def __init__(self, version: str, clock: Clock) -> None:
        # Creation times mean something in OpenMetrics only; here they are 60 idle series.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._clock = clock
        self._cameras = camera_sheet()
        self._devices = device_sheet()
        self._groups = group_sheet()
        self._counts = count_sheet()
        self._trips = trip_sheet()
        # A registry of our own: a second monitor in one process (a test, the simulator) must not share figures.
        own = self._registry = CollectorRegistry()
        self._probes = Counter("sharpeyes_probes_total", "Probes finished.", registry=own)
        self._failures = Counter(
            "sharpeyes_probe_failures_total", "Probes whose cause was not ok.", ["cause"], registry=own
        )
        for cause in Cause:
            if cause is not Cause.OK:
                self._failures.labels(cause.value)
        self._took = Histogram(
            "sharpeyes_probe_duration_seconds", "How long probes took.", buckets=PROBE_SECONDS, registry=own
        )
        self._received = Counter(
            "sharpeyes_probe_received_bytes_total", "Bytes received from cameras by probes.", registry=own
        )
        self._decodes = Counter(
            "sharpeyes_decodes_total", "Key frames decoded and looked at, by why.", ["reason"], registry=own
        )
        for look in Look:
            if look not in NOT_LOOKED and look is not Look.DEMANDED:
                self._decodes.labels(look.value)
        self._late = Histogram(
            "sharpeyes_scheduler_lateness_seconds",
            "How long after their due time probes began.",
            buckets=LATE_SECONDS,
            registry=own,
        )
        self._lag = Histogram(
            "sharpeyes_loop_lag_seconds",
            "How long the event loop kept others waiting.",
            buckets=LAG_SECONDS,
            registry=own,
        )
        self._in_flight = Gauge("sharpeyes_probes_in_flight", "Probes under way.", registry=own)
        self._overdue = Gauge("sharpeyes_cameras_overdue", "Cameras whose probe is overdue.", registry=own)
        self._paused = Gauge(
            "sharpeyes_credentials_paused", "Accounts not offered to their device after it refused them.", registry=own
        )
        self._ledger_errors = Counter(
            "sharpeyes_ledger_write_errors_total", "Writes to the record that failed.", registry=own
        )
        self._notifications = Counter(
            "sharpeyes_notifications_total", "Attempts to send a message, by channel.", ["channel"], registry=own
        )
        self._notification_failures = Counter(
            "sharpeyes_notification_failures_total",
            "Attempts to send a message that failed, by channel and why; given_up: the message is lost; "
            "partly: a mail was taken for some of its readers only.",
            ["channel", "reason"],
            registry=own,
        )
        self._notification_failing = Gauge(
            "sharpeyes_notification_failing",
            "1 while the latest attempt of a channel to send a message failed, else 0.",
            ["channel"],
            registry=own,
        )
        self._outbox_errors = Counter(
            "sharpeyes_outbox_write_errors_total", "Reads and writes of the outbox that failed.", registry=own
        )
        self._relay_errors = Counter(
            "sharpeyes_relay_errors_total", "Failures of the relay that are bugs; it goes on.", registry=own
        )
        self._outbox = Gauge("sharpeyes_outbox_messages", "Notices that have not reached anybody yet.", registry=own)
        self._outbox_oldest_at: datetime | None = None
        Gauge(
            "sharpeyes_outbox_oldest_age_seconds",
            "How long the eldest notice in the outbox has waited; 0 = none waits.",
            registry=own,
        ).set_function(self._outbox_age)
        self._workers_lost = Counter(
            "sharpeyes_workers_lost_total", "Probing processes that ended by themselves.", registry=own
        )
        self._reload_ok = Gauge(
            "sharpeyes_config_last_reload_successful", "1 if the last load of the settings succeeded.", registry=own
        )
        self._reload_at = Gauge(
            "sharpeyes_config_last_reload_success_timestamp_seconds",
            "When the settings were last loaded with success.",
            registry=own,
        )
        self.reload_finished(ok=True, at=clock.now())  # a process that runs has loaded its settings once
        self._selfcheck = Gauge(
            "sharpeyes_selfcheck_up", "1 if a check of the monitor's own surroundings is good.", ["check"], registry=own
        )
        self._render = Gauge(
            "sharpeyes_exposition_render_seconds",
            "How long writing the previous exposition took, pauses left out.",
            registry=own,
        )
        self._console = Gauge(
            "sharpeyes_console_info",
            "Always 1; where readers of the dashboards find the console.",
            ["url"],
            registry=own,
        )
        Gauge("sharpeyes_build_info", "Always 1; the version that runs.", ["version"], registry=own).labels(
            version
        ).set(1)
        ProcessCollector(registry=own)
        PlatformCollector(registry=own)

    def console_at(self, url: str) -> None:
        """The console's address as people reach it, without a stroke at its end."""
        self._console.labels(url).set(1)

    def probe_finished(self, result: Result) -> None:
        """Count one finished probe by its cause, its duration, its bytes, and why its key frame was decoded."""
        self._probes.inc()
        if result.look not in NOT_LOOKED:
            self._decodes.labels(result.look.value).inc()
        if result.cause is not Cause.OK:
            self._failures.labels(result.cause.value).inc()
        self._took.observe(result.took.total_seconds())
        self._received.inc(result.received_bytes)

    def probe_late(self, lateness: timedelta) -> None:
        """Note how long after its due time a probe began; zero when on time."""
        self._late.observe(lateness.total_seconds())

    def loop_lag(self, lag: timedelta) -> None:
        """Note how much later than asked the event loop woke us."""
        self._lag.observe(lag.total_seconds())

    def probes_in_flight(self, count: int) -> None:
        """Set how many probes are under way."""
        self._in_flight.set(count)

    def cameras_overdue(self, count: int) -> None:
        """Set how many cameras should have been probed by now and were not."""
        self._overdue.set(count)

    def credentials_paused(self, count: int) -> None:
        """Set how many accounts are not offered to their devices now."""
        self._paused.set(count)

    def ledger_write_failed(self) -> None:
        """Count one write to the record that failed."""
        self._ledger_errors.inc()

    def watch_channel(self, channel: str, reasons: Iterable[str]) -> None:
        """The channel's counters begin at zero."""
        self._notifications.labels(channel)
        for reason in reasons:
            self._notification_failures.labels(channel, reason)

    def notification_tried(self, channel: str) -> None:
        """Count one attempt to send a message."""
        self._notifications.labels(channel).inc()

    def notification_failed(self, channel: str, reason: str) -> None:
        """Count one attempt that failed, or one message that was given up."""
        self._notification_failures.labels(channel, reason).inc()

    def channel_works(self, channel: str, works: bool) -> None:
        """Note whether the latest attempt of the channel got through."""
        self._notification_failing.labels(channel).set(not works)

    def outbox_failed(self) -> None:
        """Count one use of the outbox that failed."""
        self._outbox_errors.inc()

    def relay_failed(self) -> None:
        """Count one bug of the relay."""
        self._relay_errors.inc()

    def outbox_holds(self, notices: int, oldest_at: datetime | None) -> None:
        """Set what has not reached anybody yet."""
        self._outbox.set(notices)
        self._outbox_oldest_at = oldest_at

    def worker_lost(self) -> None:
        """Count one probing process that ended by itself."""
        self._workers_lost.inc()

    def reload_finished(self, ok: bool, at: datetime) -> None:
        """Note the end of a reload of the settings; the load at the start is already noted."""
        self._reload_ok.set(ok)
        if ok:
            self._reload_at.set(at.timestamp())

    def selfcheck_finished(self, check: str, ok: bool) -> None:
        """Note what a check of our own surroundings said (gateway, DNS, disk ...)."""
        self._selfcheck.labels(check).set(ok)

    def exposition(self, town: TownView) -> Iterator[bytes]:
        """The body of ``/metrics``, text format 0.0.4, UTF-8, in pieces.

        An empty piece ends a step of about a millisecond on the caller's thread: others may have their turn. One
        exposition is finished or dropped before the next one begins.
        """
        spent = 0.0
        # Sites are nearly as many as cameras, and Prometheus can sum those: only the status document has them.
        groups = [group for group in town.groups if group.status.kind != "site"]
        pieces = chain(
            self._cameras.pieces(town.statuses),
            self._devices.pieces(town.devices),
            finding_pieces(town.devices),
            self._groups.pieces(groups),
            self._counts.pieces(counts_of(town)),
            self._trips.pieces(town.trips),
            self._rest(town),
        )
        while True:
            began = self._clock.monotonic()
            piece = next(pieces, None)
            spent += self._clock.monotonic() - began
            if piece is None:
                break
            yield piece
        self._render.set(spent)

    def _outbox_age(self) -> float:
        oldest_at = self._outbox_oldest_at
        return 0.0 if oldest_at is None else max(0.0, (self._clock.now() - oldest_at).total_seconds())

    def _rest(self, town: TownView) -> Iterator[bytes]:
        yield town_text(town)
        yield from incident_pieces(town)
        for family in self._registry.collect():
            yield b""
            yield generate_latest(_Alone(family))
