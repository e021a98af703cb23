"""On what the figures were measured: the machine's class, never its name or address."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from monitor.errors import SharpEyesError


@dataclass(frozen=True, slots=True)
class Cores:
    """Which cores do what; the same one for both on a machine that has only one."""

    monitor: frozenset[int]
    others: frozenset[int]  # the simulator and the bench

    @property
    def shared(self) -> bool:
        """Whether the monitor has to share its core with what it is measured by."""
        return bool(self.monitor & self.others)


def split_cores() -> Cores:
    """The last core this process may use for the monitor, the rest for all others. SharpEyesError beyond Linux."""
    if sys.platform != "linux":
        raise SharpEyesError("the bench reads /proc and pins processes to cores: run it on Linux")
    usable = os.sched_getaffinity(0)
    monitor = max(usable)
    return Cores(frozenset({monitor}), frozenset(usable - {monitor}) or frozenset({monitor}))


def shared_cores() -> Cores:
    """Every core this process may use, for everybody. SharpEyesError beyond Linux."""
    split = split_cores()
    usable = split.monitor | split.others
    return Cores(usable, usable)


def machine() -> str:
    """One line: cores, processor, memory, system, Python and the libraries that do the work."""
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    libraries = ", ".join(f"{name} {_version(name)}" for name in ("av", "opencv-python-headless", "uvloop"))
    return (
        f"{os.cpu_count()} cores, {_value(Path('/proc/cpuinfo'), 'model name', ':')}, {memory_gb:.0f} GB; "
        f"{_value(Path('/etc/os-release'), 'PRETTY_NAME', '=')}, Linux {'.'.join(platform.release().split('.')[:2])}; "
        f"Python {platform.python_version()}, {libraries}"
    )


def filesystem_of(folder: Path) -> str:
    """The type of the file system that holds the folder: a disk that is memory makes nothing durable."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text("utf-8").splitlines()]
    holding = [(len(point), kind) for point, kind in mounts if folder.resolve().is_relative_to(point)]
    return max(holding, default=(0, "unknown"))[1]


def _version(name: str) -> str:
    try:
        return version(name)
    except ImportError:
        return "missing"


def _value(path: Path, key: str, separator: str) -> str:
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError:
        return "unknown"
    found = (line.split(separator, 1)[1] for line in lines if separator in line and line.startswith(key))
    return next(found, "unknown").strip().strip('"')
