"""What ``/metrics`` costs in CPU time: summing the groups, and our own renderer against prometheus-client.

The peers are what its documentation recommends, used as well as it can be: gauges whose labels are bound once, and a
collector that makes its families anew for every scrape. All start from the same statuses and write the same series.
"""

from __future__ import annotations

import gzip
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from rich.progress import Progress

from monitor.clock import SystemClock, at_once
from monitor.console.shared import GZIP_LEVEL
from monitor.contract import Contract
from monitor.engine.board import Prospect
from monitor.engine.figures import MonthCalendar
from monitor.engine.view import town_view
from monitor.metrics import AREAS, Metrics, TownView
from monitor.metrics.cameras import FAMILIES, FAULT, INFO, camera_sheet
from monitor.model import Camera, CameraStatus, Cause, ContractTerms, State, micros
from monitor.simulator.town import build_town
from tests.bench.tables import Findings, Table, number
from tests.metrics.town import NOW, status

ROUNDS = 7
CAMERAS_OF_A_VILLAGE, MOST_VILLAGES = 37, 254
STATES = {1: (State.DEGRADED, Cause.PICTURE_BLACK), 2: (State.DOWN, Cause.TCP_TIMEOUT)}  # by the last digit
INFO_LABELS = ("camera_id", "name", "county", "town", "village", "site", "carrier", "uplink", "in_contract")


def measure(sizes: Sequence[int], progress: Progress) -> Findings:
    """The cost for towns of each size."""
    task = progress.add_task("/metrics", total=len(sizes) * 4)
    tables = []
    for size in sizes:
        statuses = some_statuses(size)
        measured = []
        for name, text in contestants(statuses):
            measured.append((name, cpu_of(text), len(text())))
            progress.advance(task)
        own = measured[0][1]
        rows = tuple(
            (name, _ms(spent), number(written / 1000), f"{number(spent / own, 1)} ×")
            for name, spent, written in measured
        )
        tables.append(Table(f"Camera series of {size:,} cameras", ("writer", "CPU ms", "kB", "against own"), rows))
        tables.append(_whole(size, statuses))
        progress.advance(task)
    return Findings(tuple(tables))


def contestants(statuses: Sequence[CameraStatus]) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Who writes the camera series, by name; our own renderer first."""
    yield "own renderer, every line anew", lambda: b"".join(camera_sheet().pieces(statuses))
    yield "prometheus-client, gauges with labels bound once", BoundGauges(statuses).text
    yield "prometheus-client, custom collector", FreshFamilies(statuses).text


def some_statuses(count: int) -> list[CameraStatus]:
    """The simulator's town: most cameras are up, one in ten has a bad picture, one in ten is down."""
    cameras = build_town(count, min(MOST_VILLAGES, max(1, count // CAMERAS_OF_A_VILLAGE))).cameras
    return [
        status(*STATES.get(nth % 10, (State.UP, Cause.OK)), camera, since_at=NOW - timedelta(hours=1, milliseconds=nth))
        for nth, camera in enumerate(cameras)
    ]


class BoundGauges:
    """One gauge for each family; the children are looked up once and only set for a scrape."""

    def __init__(self, statuses: Sequence[CameraStatus]) -> None:
        self._registry = CollectorRegistry()
        self._bound = [
            (family.value, [(gauge.labels(s.camera.id), s) for s in statuses if family.value(s) is not None])
            for family in FAMILIES
            for gauge in [Gauge(family.name, family.help, ["camera_id"], registry=self._registry)]
        ]
        info = Gauge(INFO.name, INFO.help, INFO_LABELS, registry=self._registry)
        fault = Gauge(FAULT.name, FAULT.help, ["camera_id", "reason"], registry=self._registry)
        for s in statuses:  # constant from one scrape to the next, so they are set once
            info.labels(*_info(s.camera)).set(1)
            if s.cause is not Cause.OK:
                fault.labels(s.camera.id, s.cause.value).set(1)

    def text(self) -> bytes:
        """Set what may have changed, and write."""
        for value, children in self._bound:
            for child, s in children:
                child.set(value(s) or 0.0)
        return generate_latest(self._registry)


class FreshFamilies(Collector):
    """Families made from the statuses for every scrape; nothing is kept."""

    def __init__(self, statuses: Sequence[CameraStatus]) -> None:
        self._statuses = statuses
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering is not to cost a scrape."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """What prometheus-client asks for each scrape."""
        info = GaugeMetricFamily(INFO.name, INFO.help, labels=INFO_LABELS)
        fault = GaugeMetricFamily(FAULT.name, FAULT.help, labels=("camera_id", "reason"))
        for s in self._statuses:
            info.add_metric(_info(s.camera), 1)
            if s.cause is not Cause.OK:
                fault.add_metric((s.camera.id, s.cause.value), 1)
        yield info
        yield fault
        for family in FAMILIES:
            made = GaugeMetricFamily(family.name, family.help, labels=("camera_id",))
            for s in self._statuses:
                value = family.value(s)
                if value is not None:
                    made.add_metric((s.camera.id,), value)
            yield made

    def text(self) -> bytes:
        """Collect and write."""
        return generate_latest(self._registry)


def cpu_of(work: Callable[[], object]) -> float:
    """CPU seconds of one run, the median; the first one only warms up."""
    work()
    rounds = []
    for _ in range(ROUNDS):
        began = time.thread_time()
        work()
        rounds.append(time.thread_time() - began)
    return statistics.median(rounds)


def _info(watched: Camera) -> tuple[str, ...]:
    site = watched.site
    return (
        *(watched.id, watched.name, site.county, site.town, site.village, site.name),
        *(watched.carrier, watched.uplink, str(watched.in_contract).lower()),
    )


def _whole(size: int, statuses: Sequence[CameraStatus]) -> Table:
    """The monitor's whole answer, as for the first scrape: later ones write anew only what has changed."""
    calendar, clock = MonthCalendar(ContractTerms()), SystemClock()
    month = calendar.month_at(micros(NOW))
    cameras = [
        (s, Prospect(s.month, 2 * s.month.scheduled, lost=False, gone=False, seen_at=NOW, month=month))
        for s in statuses
    ]

    def summed() -> TownView:
        return at_once(town_view("青溪镇", cameras, [Contract()], calendar, NOW, timedelta(minutes=1), AREAS))

    def written() -> bytes:
        return b"".join(Metrics("bench", clock).exposition(view))

    view = summed()
    body = written()
    zipped = gzip.compress(body, GZIP_LEVEL)
    rows = (
        (f"{len(view.groups):,} groups summed (event loop, in steps)", _ms(cpu_of(summed)), "–"),
        ("every line written (event loop, in steps)", _ms(cpu_of(written)), number(len(body) / 1000)),
        ("zipped (thread)", _ms(cpu_of(lambda: gzip.compress(body, GZIP_LEVEL))), number(len(zipped) / 1000)),
    )
    return Table(f"The whole answer for {size:,} cameras", ("step", "CPU ms", "kB"), rows)


def _ms(seconds: float) -> str:
    return number(seconds * 1000, 1)
