"""Reads the kernel's accounts of a process and of a core. The parsing is pure; what is read is Linux' own ``/proc``."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")  # per second


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory in bytes: now, and at most so far."""

    now: int
    peak: int


@dataclass(frozen=True, slots=True)
class CoreTime:
    """What one core did since the machine started, in seconds."""

    busy: float  # everything but idling and waiting for a disk
    total: float


def cpu_seconds(stat: str) -> float:
    """User and system time of all threads, from ``/proc/<pid>/stat``; the name in it may hold spaces and brackets."""
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS  # utime and stime: fields 14 and 15 of proc(5)


def memory(status: str) -> Memory:
    """From ``/proc/<pid>/status``."""
    fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    return Memory(*(int(fields[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM")))


def core_time(stat: str, core: int) -> CoreTime:
    """From ``/proc/stat``: user nice system idle iowait irq softirq steal; guests are part of user."""
    line = next(line for line in stat.splitlines() if line.startswith(f"cpu{core} "))
    ticks = [int(field) for field in line.split()[1:9]]
    return CoreTime((sum(ticks) - ticks[3] - ticks[4]) / TICKS, sum(ticks) / TICKS)


def cpu_seconds_of(pid: int) -> float:
    """Of a running process and its descendants."""
    found = (_read(each, "stat") for each in tree_of(pid))
    return sum(cpu_seconds(stat) for stat in found if stat)


def loop_seconds_of(pid: int) -> float:
    """Of its first thread alone, which runs the event loop."""
    return cpu_seconds(Path(f"/proc/{pid}/task/{pid}/stat").read_text("utf-8", "replace"))


def memory_of(pid: int) -> Memory:
    """Of a running process and its descendants; pages they share are counted for each."""
    found = [memory(status) for each in tree_of(pid) if "VmRSS" in (status := _read(each, "status"))]
    return Memory(sum(each.now for each in found), sum(each.peak for each in found))


def proportional_memory_of(pid: int) -> int:
    """Bytes of a running process and its descendants; of a page they share each has its part."""
    found = (_read(each, "smaps_rollup") for each in tree_of(pid))
    return sum(int(line.split()[1]) * 1024 for text in found for line in text.splitlines() if line.startswith("Pss:"))


def _read(pid: int, name: str) -> str:
    """Empty when the process has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/{name}").read_text("utf-8", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def core_time_of(cores: Iterable[int]) -> CoreTime:
    """Of these cores of this machine together."""
    stat = Path("/proc/stat").read_text("utf-8")
    times = [core_time(stat, core) for core in cores]
    return CoreTime(sum(time.busy for time in times), sum(time.total for time in times))


def memory_of_self() -> Memory:
    """Of this process. ``ru_maxrss`` would remember who started us."""
    return memory_of(os.getpid())


def exact_cpu_seconds_of(pid: int) -> float:
    """Of all threads that still run, to the nanosecond where ``/proc/<pid>/stat`` counts ticks."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text("utf-8").split()[0]) for thread in threads) / 1e9


def tree_of(pid: int) -> list[int]:
    """The process and all its descendants, as far as they still run."""
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        try:
            for thread in Path(f"/proc/{found[-1]}/task").iterdir():
                waiting += map(int, (thread / "children").read_text("utf-8").split())
        except OSError:  # it, or a thread of it, has ended meanwhile
            continue
    return found
