"""What watching a town takes of the lines, of this machine and of every device, and where it would come too late.

Values in, figures out, by Little's law: what is under way at once = what begins per second x how long it takes. It
measures nothing; whoever calls it says what is measured and what is assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from monitor.model import UplinkLimit

# A server whose callers come at random makes them wait about twice its own time once it is busy for 70 % of its time,
# and nine times at 90 %: above this share probes begin to be late.
ROOM = 0.7
# Beside the regular looks: those for odd sizes, returns and doubts, as measured with sizes that vary by 10 to 20 %.
EXTRA_LOOKS = 0.02


class Bottleneck(StrEnum):
    """What of this machine can come to its end."""

    SESSIONS = "sessions"  # limits.in_flight
    RECEIVING = "receiving"  # limits.workers: a process receives on one core
    DECODING = "decoding"  # limits.decoders
    CPU = "cpu"


@dataclass(frozen=True, slots=True)
class Demand:
    """What one probe of one camera takes."""

    uplink: str  # "" = unknown
    device: str
    received: int  # bytes
    rate: int  # bit/s on the line while it lasts
    took: timedelta
    measured: bool  # by earlier probes; else assumed


@dataclass(frozen=True, slots=True)
class Machine:
    """What this machine has, what a probe costs it, and how the monitor is set."""

    cores: int
    receiving: timedelta  # CPU of a probe up to the key frame
    looking: timedelta  # CPU of decoding and looking
    interval: timedelta
    every: timedelta  # between two looks; zero: every probe looks
    in_flight: int
    per_device: int
    processes: int  # that probe
    decoders: int  # in each of them


@dataclass(frozen=True, slots=True)
class LineLoad:
    """One uplink's share of the work."""

    name: str
    cameras: int
    sessions: float  # at once, mean
    session_limit: int
    mean_rate: float  # bit/s
    peak_rate: int  # bit/s, with every session taken that the limits allow
    bandwidth: int  # bit/s; 0 = no limit
    late: bool


@dataclass(frozen=True, slots=True)
class Capacity:
    """The whole answer."""

    cameras: int
    measured: int  # cameras whose demand was measured
    probes_per_second: float
    looks_per_second: float
    sessions: float  # at once, mean
    mean_rate: float  # bit/s, all lines together
    cpu: float  # cores busy, mean
    decoding: float  # decoders busy, mean
    lines: tuple[LineLoad, ...]
    busy_devices: tuple[tuple[str, float], ...]  # those whose channels take more than they have room for; share of time
    late_for: tuple[Bottleneck, ...]  # what of the machine would make probes late
    carries: int  # cameras like these that this machine can watch
    limited_by: Bottleneck  # what ends first

    @property
    def late(self) -> bool:
        """Whether any limit would make probes late."""
        return bool(self.late_for or self.busy_devices) or any(line.late for line in self.lines)


def capacity(demands: Sequence[Demand], limits: Mapping[str, UplinkLimit], usual: UplinkLimit, on: Machine) -> Capacity:
    """What these cameras take; ``limits`` are those of lines that differ from the ``usual`` one."""
    interval = on.interval.total_seconds()
    probes = len(demands) / interval
    looks = probes if not on.every else min(probes, probes * EXTRA_LOOKS + len(demands) / on.every.total_seconds())
    took = sum(demand.took.total_seconds() for demand in demands)
    decoding = looks * on.looking.total_seconds()
    cpu = probes * on.receiving.total_seconds() + decoding
    lines = tuple(
        _line(name, group, limits.get(name, usual), interval)
        for name, group in sorted(_grouped(demands, lambda demand: demand.uplink).items())
        if name
    )
    busy = {
        device: sum(demand.took.total_seconds() for demand in group) / interval / on.per_device
        for device, group in _grouped(demands, lambda demand: demand.device).items()
    }
    sessions = took / interval
    uses = {
        Bottleneck.SESSIONS: sessions / on.in_flight,
        Bottleneck.RECEIVING: probes * on.receiving.total_seconds() / on.processes,
        Bottleneck.DECODING: decoding / (on.decoders * on.processes),
        Bottleneck.CPU: cpu / on.cores,
    }
    busiest = max(uses, key=uses.__getitem__)
    return Capacity(
        cameras=len(demands),
        measured=sum(demand.measured for demand in demands),
        probes_per_second=probes,
        looks_per_second=looks,
        sessions=sessions,
        mean_rate=8 * sum(demand.received for demand in demands) / interval,
        cpu=cpu,
        decoding=decoding,
        lines=lines,
        busy_devices=tuple(sorted((device, share) for device, share in busy.items() if share > ROOM)),
        late_for=tuple(what for what, use in uses.items() if use > ROOM),
        carries=int(len(demands) * ROOM / uses[busiest]) if demands else 0,
        limited_by=busiest,
    )


def _grouped(demands: Iterable[Demand], key: Callable[[Demand], str]) -> dict[str, list[Demand]]:
    groups: dict[str, list[Demand]] = {}
    for demand in demands:
        groups.setdefault(key(demand), []).append(demand)
    return groups


def _line(name: str, group: Sequence[Demand], limit: UplinkLimit, interval: float) -> LineLoad:
    sessions = sum(demand.took.total_seconds() for demand in group) / interval
    mean_rate = 8 * sum(demand.received for demand in group) / interval
    largest = sorted((demand.rate for demand in group), reverse=True)
    together = sum(largest[: limit.sessions])
    peak = max(largest[0], min(together, limit.bandwidth)) if limit.bandwidth else together
    late = sessions > ROOM * limit.sessions or (limit.bandwidth > 0 and mean_rate > ROOM * limit.bandwidth)
    return LineLoad(name, len(group), sessions, limit.sessions, mean_rate, peak, limit.bandwidth, late)
