"""Network namespaces of our own, joined by real links that a test may take down. Needs root and iproute2."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from tests.programs import missing, program

DO_WITHOUT = "SHARP_EYES_NO_NAMESPACES"
NEEDS = "no root, which network namespaces and links need"


def ip(*words: str) -> None:
    """Run iproute2."""
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


def inside(namespace: str, *words: str) -> Sequence[str]:
    """The command that runs another one in a namespace."""
    return ("ip", "netns", "exec", namespace, *words)


def kernel(namespace: str, *settings: str) -> None:
    """Set ``key=value`` of the namespace's kernel."""
    subprocess.run(inside(namespace, "sysctl", "-qw", *settings), check=True, capture_output=True)


@contextmanager
def namespaces(*names: str) -> Iterator[tuple[str, ...]]:
    """New ones, each with its loopback up; their full names. They are gone afterwards, and all links with them.

    A container may keep even root from making any. Nothing that could be installed helps there: whoever means to do
    without these tests says so by ``SHARP_EYES_NO_NAMESPACES=1``; else they fail, and nobody takes them for passed.
    """
    for needed in ("ip", "sysctl"):
        program(needed)
    if os.geteuid() != 0:
        missing(NEEDS)
    full = tuple(f"se-{name}-{os.getpid()}" for name in names)
    try:
        for name in full:
            try:
                ip("netns", "add", name)
            except subprocess.CalledProcessError as refused:
                said = f"network namespaces cannot be made here: {refused.stderr.strip()}"
                if os.environ.get(DO_WITHOUT) == "1":
                    pytest.skip(said)
                pytest.fail(f"{said}; {DO_WITHOUT}=1 does without")
            ip("-n", name, "link", "set", "lo", "up")
        yield full
    finally:
        for name in full:
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


def join(near: str, near_link: str, near_address: str, far: str, far_link: str, far_address: str) -> None:
    """Lay a link between two namespaces; addresses with their prefix length."""
    ip("link", "add", "name", near_link, "netns", near, "type", "veth", "peer", "name", far_link, "netns", far)
    for namespace, link, address in ((near, near_link, near_address), (far, far_link, far_address)):
        ip("-n", namespace, "addr", "add", address, "dev", link)
        ip("-n", namespace, "link", "set", link, "up")


@dataclass(frozen=True)
class Slowness:
    """How a link is slow: by a delay where the kernel has netem, else by a queue behind a narrow place (tbf)."""

    delay: tuple[str, ...]  # of netem
    rate: str  # of tbf


WAITING = Slowness(("150ms", "50ms"), "600kbit")  # a probe of a small stream takes some tenths of a second more
TOO_SLOW = Slowness(("3s",), "2kbit")  # longer than anybody waits


def slow_down(namespace: str, link: str, slowness: Slowness) -> str:
    """Slow down what leaves by a link; returns by what, since many kernels have no netem: ``netem`` or ``tbf``.

    The first delays every packet; with the second only what follows others waits, so that a lone packet is not delayed.
    """
    put = inside(namespace, "tc", "qdisc", "replace", "dev", link, "root")
    later = (*put, "netem", "delay", *slowness.delay)
    if subprocess.run(later, check=False, capture_output=True).returncode == 0:
        return "netem"
    narrow = (*put, "tbf", "rate", slowness.rate, "burst", "1600", "latency", "10s")
    subprocess.run(narrow, check=True, capture_output=True)
    return "tbf"


def restore(namespace: str, link: str) -> None:
    """Undo ``slow_down``."""
    subprocess.run(inside(namespace, "tc", "qdisc", "del", "dev", link, "root"), check=True, capture_output=True)


def packets_delayed(namespace: str, link: str) -> int:
    """How many packets ``slow_down`` has kept waiting on the link so far."""
    words = inside(namespace, "tc", "-s", "-j", "qdisc", "show", "dev", link)
    (queue,) = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    return int(queue["packets"] if queue["kind"] == "netem" else queue["overlimits"])
