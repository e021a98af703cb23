"""From what was read while a town was watched to tables and verdicts. Pure: moments in, findings out."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from tests.bench.picture import Cost
from tests.bench.proc import CoreTime, Memory
from tests.bench.samples import Histogram, Samples, bounded, of_metric, total
from tests.bench.tables import Check, Row, Table, number

LATE_LIMIT = 1.0  # seconds: the bucket the 99th percentile may reach
MISSED_LIMIT = 0.01  # share of the probes
GROWTH_LIMIT = 0.05  # share of the memory, from the first minute to the last
JITTER = 0.05  # the default share of the interval by which two probes may lie further apart
AGE_GRACE = 2.0  # seconds: a probe under way, and a view of the town that may be a second old
LAST_PROBE = "sharpeyes_camera_last_probe_timestamp_seconds"


@dataclass(frozen=True, slots=True)
class Scrape:
    """One answer of ``/metrics``."""

    samples: Samples
    at: float  # seconds since 1970, when it was asked for
    took: float  # seconds until the last byte had come
    size: int  # bytes
    zipped: int  # bytes, as it came


@dataclass(frozen=True, slots=True)
class Moment:
    """Everything read at one instant. CPU and core times are seconds since some beginning."""

    monotonic: float
    scrape: Scrape
    monitor_cpu: float
    loop_cpu: float  # of the monitor's event loop alone
    simulator_cpu: float
    core: CoreTime  # the monitor's


@dataclass(frozen=True, slots=True)
class Watch:
    """What was read from the first moment to the last."""

    cameras: int
    interval: timedelta
    first: Moment
    last: Moment
    memory: tuple[Memory, ...]  # the monitor's, every second
    scrapes: tuple[Scrape, ...]

    @property
    def seconds(self) -> float:
        """How long it lasted."""
        return self.last.monotonic - self.first.monotonic

    def rise(self, name: str) -> float:
        """By how much the metric's sum rose."""
        return total(self.last.scrape.samples, name) - total(self.first.scrape.samples, name)

    def histogram(self, name: str) -> Histogram:
        """What was observed meanwhile."""
        return Histogram.of(self.last.scrape.samples, name).since(Histogram.of(self.first.scrape.samples, name))

    @property
    def probes(self) -> int:
        """Probes finished."""
        return round(self.rise("sharpeyes_probes_total"))

    @property
    def wanted_probes(self) -> float:
        """What the interval asks for."""
        return self.cameras * self.seconds / self.interval.total_seconds()

    @property
    def monitor_cpu(self) -> float:
        """CPU seconds of the monitor."""
        return self.last.monitor_cpu - self.first.monitor_cpu

    @property
    def loop_share(self) -> float:
        """Share of the monitor's CPU time that its event loop took: protocol, belief, schedule; 0 to 1."""
        return (self.last.loop_cpu - self.first.loop_cpu) / self.monitor_cpu if self.monitor_cpu else 0.0

    @property
    def simulator_cpu(self) -> float:
        """CPU seconds of the simulator."""
        return self.last.simulator_cpu - self.first.simulator_cpu

    @property
    def cpu_per_probe(self) -> float:
        """CPU seconds of the monitor, everything it did meanwhile included; NaN without a probe."""
        return self.monitor_cpu / self.probes if self.probes else math.nan

    @property
    def other_load(self) -> float:
        """Share of the monitor's core that somebody else used, the hypervisor included; 0 to 1."""
        busy = self.last.core.busy - self.first.core.busy
        lasted = self.last.core.total - self.first.core.total
        return max(0.0, busy - self.monitor_cpu) / lasted if lasted else 0.0

    @property
    def causes(self) -> dict[str, int]:
        """Results by cause, those that occurred."""
        name = "sharpeyes_probe_failures_total"
        before, after = (of_metric(moment.scrape.samples, name) for moment in (self.first, self.last))
        failed = {labels.split('"')[1]: round(after[labels] - before.get(labels, 0)) for labels in after}
        found = {"ok": self.probes - sum(failed.values()), **failed}
        return {cause: count for cause, count in found.items() if count}

    @property
    def coverage(self) -> float:
        """Observed time over scheduled time; NaN while nothing was settled."""
        scheduled = self.rise("sharpeyes_camera_scheduled_seconds_total")
        return self.rise("sharpeyes_camera_observed_seconds_total") / scheduled if scheduled else math.nan

    @property
    def oldest_probe(self) -> float:
        """Seconds since the last probe of the camera that had waited longest, at the end."""
        return self.last.scrape.at - min(of_metric(self.last.scrape.samples, LAST_PROBE).values())

    @property
    def growth(self) -> float:
        """By which share the memory grew from the first minute to the last, or from the first third to the last."""
        window = max(1, min(60, len(self.memory) // 3))
        first, last = (statistics.fmean(m.now for m in part) for part in (self.memory[:window], self.memory[-window:]))
        return last / first - 1


def checks(watch: Watch) -> tuple[Check, ...]:
    """What a town may ask of a monitor that has a core of its own."""
    late = watch.histogram("sharpeyes_scheduler_lateness_seconds").at_most(0.99)
    share = watch.monitor_cpu / watch.seconds
    return (
        *on_time_checks(watch),
        Check("probes begin on time", f"p99 ≤ {LATE_LIMIT:g} s", bounded(late), late <= LATE_LIMIT),
        Check("one core is enough", "below 100 %", f"{share:.1%}", share < 1),
    )


def on_time_checks(watch: Watch) -> tuple[Check, ...]:
    """What any town may ask of its monitor."""
    least = watch.wanted_probes * (1 - MISSED_LIMIT)
    oldest = watch.interval.total_seconds() * (1 + JITTER) + AGE_GRACE
    causes = watch.causes
    return (
        Check(
            "every camera is probed each interval",
            f"at least {number(least)} probes",
            number(watch.probes),
            watch.probes >= least,
        ),
        Check(
            "no camera waits for others",
            f"no last probe older than {oldest:.0f} s",
            f"{watch.oldest_probe:.1f} s",
            watch.oldest_probe <= oldest,
        ),
        Check("memory does not grow", f"below {GROWTH_LIMIT:.0%}", f"{watch.growth:+.1%}", watch.growth < GROWTH_LIMIT),
        Check("every result is ok", "ok only", listed(causes), set(causes) == {"ok"}),
    )


def town_table(watch: Watch) -> Table:
    """Everything that was read, one figure a line."""
    late, lag = (watch.histogram(f"sharpeyes_{name}_seconds") for name in ("scheduler_lateness", "loop_lag"))
    took = watch.histogram("sharpeyes_probe_duration_seconds")
    scrapes = watch.scrapes
    cpu = watch.cpu_per_probe
    per_core = watch.interval.total_seconds() / cpu
    memory = watch.memory
    sixths = [memory[nth * (len(memory) - 1) // 6].now for nth in range(7)]
    rows: tuple[Row, ...] = (
        ("measured", f"{watch.seconds:.0f} s after every camera went through all its tiers once"),
        ("probes", f"{number(watch.probes)} ({watch.probes / watch.seconds:.1f} per second)"),
        ("results by cause", listed(watch.causes)),
        ("CPU of the monitor", f"{watch.monitor_cpu / watch.seconds:.1%} of one core"),
        ("CPU per probe, all included", f"{cpu * 1000:.2f} ms"),
        ("of it the event loop; decoding, ledger, `/metrics`", f"{watch.loop_share:.0%}; {1 - watch.loop_share:.0%}"),
        ("cameras one core would carry at this cost and interval (computed)", number(per_core)),
        ("memory at start, after each sixth, peak", ", ".join(_mb(each) for each in (*sixths, memory[-1].peak))),
        ("lateness p50, p95, p99, most (buckets)", _buckets(late, 0.5, 0.95, 0.99)),
        ("loop lag p50, p99, most (buckets)", _buckets(lag, 0.5, 0.99)),
        ("a probe took, mean; p99 (bucket)", f"{took.mean * 1000:.0f} ms; {bounded(took.at_most(0.99))}"),
        ("coverage, observed ÷ scheduled", "–" if math.isnan(watch.coverage) else f"{watch.coverage:.3%}"),
        (
            "received per probe",
            f"{watch.rise('sharpeyes_probe_received_bytes_total') / max(1, watch.probes) / 1000:.1f} kB",
        ),
        ("`/metrics`: written in, answered in (medians)", _answered(scrapes)),
        ("`/metrics`: size, zipped", f"{number(scrapes[-1].size / 1000)} kB, {number(scrapes[-1].zipped / 1000)} kB"),
        ("CPU of the simulator", f"{watch.simulator_cpu / watch.seconds:.1%} of one core"),
        ("load of others on the monitor's cores", f"{watch.other_load:.1%}"),
    )
    return Table(f"{watch.cameras:,} cameras, each every {seconds_text(watch.interval)}", ("figure", "value"), rows)


def ratio_table(watch: Watch, cost: Cost, paced: float) -> Table:
    """What a probe costs beside the least it could cost; ``paced`` is decode and diagnosis at the town's own pace."""
    probe = watch.cpu_per_probe
    rows = tuple(
        (name, f"{spent * 1000:.2f}", f"{probe / spent:.2f} ×")
        for name, spent in (
            ("bare decode, one key frame after the other", cost.bare),
            ("decode + diagnosis, one key frame after the other", cost.looking),
            ("decode + diagnosis, at the pace of the town", paced),
            ("a probe of the monitor, all included", probe),
        )
    )
    return Table("A probe against the physical limit", ("work", "CPU ms", "probe ÷ this"), rows)


def listed(causes: dict[str, int]) -> str:
    """Causes with their counts."""
    return ", ".join(f"{cause} {number(count)}" for cause, count in causes.items()) or "none"


def seconds_text(duration: timedelta) -> str:
    """A duration as the settings file takes it."""
    return f"{round(duration.total_seconds() * 1000)}ms" if duration % timedelta(seconds=1) else f"{duration.seconds}s"


def _buckets(histogram: Histogram, *shares: float) -> str:
    return ", ".join(map(bounded, (*map(histogram.at_most, shares), histogram.most())))


def _answered(scrapes: Sequence[Scrape]) -> str:
    written = statistics.median(total(s.samples, "sharpeyes_exposition_render_seconds") for s in scrapes)
    return f"{written * 1000:.0f} ms, {statistics.median(s.took for s in scrapes) * 1000:.0f} ms"


def _mb(size: int) -> str:
    return f"{size / 1e6:.0f} MB"
